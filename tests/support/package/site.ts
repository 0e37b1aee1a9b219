import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { execPath } from "node:process";
import { packageRoot } from "../package-root.ts";

/** Something that a page of the site names: where it is loaded from, or where a link leads. */
export interface Reference {
  /** The page. */
  readonly from: string;
  readonly tag: string;
  readonly address: string;
}

/** The site, built into a folder of its own. */
export class BuiltSite {
  readonly folder: string = mkdtempSync(join(tmpdir(), "guestshare-test-"));
  readonly files: ReadonlySet<string>;
  readonly #ids = new Map<string, ReadonlySet<string>>();

  constructor() {
    execFileSync(execPath, ["website/build.mjs", this.folder], { cwd: packageRoot, stdio: "pipe" });
    const names = readdirSync(this.folder, { recursive: true, encoding: "utf8" });
    this.files = new Set(names.filter((name) => statSync(join(this.folder, name)).isFile()));
  }

  textOf(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  /** All that its pages name in attributes. */
  *references(): Generator<Reference> {
    for (const from of this.files) {
      if (!from.endsWith(".html")) continue;
      const found = this.textOf(from).matchAll(/<(\w+)[^<>]*?\s(?:href|src)="([^"]*)"/g);
      for (const [, tag = "", address = ""] of found) yield { from, tag, address: withoutEntities(address) };
    }
  }

  /** Whether a reference within the site leads to a file, and to a place in it. */
  isThere({ from, address }: Reference): boolean {
    const { pathname, hash } = new URL(address, `https://site.example/${from}`);
    const path = decodeURIComponent(pathname).slice(1);
    const file = path === "" || path.endsWith("/") ? posix.join(path, "index.html") : path;
    if (!this.files.has(file)) return false;
    // The page reads what is behind "#" itself.
    return (
      hash === "" || file === "page/index.html" || this.#idsIn(file).has(decodeURIComponent(hash.slice(1)))
    );
  }

  #idsIn(file: string): ReadonlySet<string> {
    const known = this.#ids.get(file);
    if (known) return known;
    const found = this.textOf(file).matchAll(/\sid="([^"]*)"/g);
    const ids = new Set(Array.from(found, ([, id = ""]) => withoutEntities(id)));
    this.#ids.set(file, ids);
    return ids;
  }
}

function withoutEntities(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name] ?? "");
}
