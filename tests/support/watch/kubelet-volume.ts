import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pid } from "node:process";

/** What a volume is to hold: contents by path. */
export type Payload = Readonly<Record<string, string>>;

/** What differs between the versions of kubelet. */
export interface Writing {
  /** Which comes first: links of new keys (before 1.29), or the turn of `..data`. Default "data-first". */
  readonly order?: "links-first" | "data-first";
  /** Whether each key of a directory has a link of its own, in a directory (before 1.8). Default false. */
  readonly linksEachKey?: boolean;
}

let count = 0;

/** A volume as kubelet keeps it: written anew as a whole, in the steps and the order of its AtomicWriter. */
export class KubeletVolume {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o777); // as kubelet's, and as the umask would not have it
  }

  /** Where `..data` leads; undefined before the first time. */
  get data(): string | undefined {
    const link = join(this.path, "..data");
    return lstatSync(link, { throwIfNoEntry: false }) ? readlinkSync(link) : undefined;
  }

  write(payload: Payload, how: Writing = {}): void {
    for (const _ of this.steps(payload, how));
  }

  /** Writes a version, and stops after each change that somebody could see. */
  *steps(payload: Payload, { order = "data-first", linksEachKey = false }: Writing = {}): Generator<void> {
    const old = this.data;
    const name = `..2026_11_24_10_00_00.${pid}${String(count).padStart(6, "0")}`;
    count += 1;
    const keys = Object.keys(payload);
    const names = new Set(linksEachKey ? keys : keys.map((key) => key.split("/")[0] as string));
    yield* this.#fill(name, payload);
    if (order === "links-first") yield* this.#link(names);
    yield symlinkSync(name, join(this.path, "..data_tmp"));
    yield renameSync(join(this.path, "..data_tmp"), join(this.path, "..data"));
    if (order === "data-first") yield* this.#link(names);
    for (const name of this.#linked()) if (!names.has(name)) yield rmSync(join(this.path, name));
    if (old !== undefined) yield* this.#remove(old);
  }

  /** Gives all that is there now to a group, as kubelet before 1.27 does after it wrote, and again each minute. */
  *giveTo(group: number): Generator<void> {
    for (const name of [".", ...(readdirSync(this.path, { recursive: true }) as string[]).sort()]) {
      const path = join(this.path, name);
      yield lchownSync(path, -1, group);
      const { mode } = lstatSync(path);
      if (!lstatSync(path).isSymbolicLink()) yield chmodSync(path, (mode & 0o7777) | 0o040);
    }
  }

  *#fill(name: string, payload: Payload): Generator<void> {
    const directory = join(this.path, name);
    yield mkdirSync(directory, 0o700);
    yield chmodSync(directory, 0o755);
    for (const [key, content] of Object.entries(payload)) {
      const path = join(directory, key);
      yield void mkdirSync(dirname(path), { recursive: true });
      yield writeFileSync(path, "");
      yield writeFileSync(path, content);
      yield chmodSync(path, 0o644);
    }
  }

  *#link(names: ReadonlySet<string>): Generator<void> {
    for (const name of names) {
      const link = join(this.path, name);
      if (lstatSync(link, { throwIfNoEntry: false })) continue;
      const depth = name.split("/").length - 1;
      if (depth > 0) yield void mkdirSync(dirname(link), { recursive: true });
      yield symlinkSync(join("../".repeat(depth), "..data", name), link);
    }
  }

  // The links to keys.
  #linked(): string[] {
    const names = (readdirSync(this.path, { recursive: true }) as string[]).filter(
      (name) => !name.startsWith(".."),
    );
    return names.filter((name) => lstatSync(join(this.path, name)).isSymbolicLink());
  }

  *#remove(name: string): Generator<void> {
    const paths = readdirSync(join(this.path, name), { recursive: true }) as string[];
    for (const path of paths.sort().reverse()) yield rmSync(join(this.path, name, path), { recursive: true });
    yield rmSync(join(this.path, name), { recursive: true });
  }
}

/** What somebody reads in a volume through `..data`; undefined while there is none. */
export function readVolume(path: string): Payload | undefined {
  const directory = join(path, "..data");
  if (!existsSync(directory)) return undefined;
  const names = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((file) => [file.slice(directory.length + 1), readFileSync(file, "utf8")]),
  );
}
