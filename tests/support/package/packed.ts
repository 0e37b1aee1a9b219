import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execPath } from "node:process";
import { packageRoot } from "../package-root.ts";
import { ownRuntime } from "../runtimes.ts";
import { readJson } from "./compile.ts";

/** The package as npm packs it, installed in a directory of its own beside what it depends on. */
export class Packed {
  /** The directory of a program that uses it. */
  readonly path: string = mkdtempSync(join(tmpdir(), "guestshare-test-"));
  /** Where the package is. */
  readonly packagePath: string = join(this.path, "node_modules/guestshare");

  constructor() {
    mkdirSync(this.packagePath, { recursive: true });
    const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", this.path];
    const name = execFileSync("npm", pack, { cwd: packageRoot, encoding: "utf8" }).trim();
    execFileSync("tar", ["xf", join(this.path, name), "-C", this.packagePath, "--strip-components=1"]);
    const { dependencies, peerDependencies } = readJson("package.json");
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies })) this.#link(dependency);
    writeFileSync(join(this.path, "package.json"), '{ "type": "module" }');
  }

  /** What a module prints that imports the package as its users do, on this test's runtime. */
  run(code: string): string {
    const file = join(this.path, "program.mjs");
    writeFileSync(file, code);
    const options = ownRuntime === "deno" ? ["run", "-A", "--node-modules-dir=manual"] : [];
    return execFileSync(execPath, [...options, file], { cwd: this.path, encoding: "utf8" });
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }

  #link(name: string): void {
    const place = join(this.path, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(packageRoot, "node_modules", name), place);
  }
}
