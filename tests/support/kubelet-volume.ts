import {
  chmodSync,
  existsSync,
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

  write(payload: Payload): void {
    const old = this.data;
    const name = `..2026_11_24_10_00_00.${pid}${String(count).padStart(6, "0")}`;
    count += 1;
    const directory = join(this.path, name);
    mkdirSync(directory);
    chmodSync(directory, 0o755);
    for (const [key, content] of Object.entries(payload)) {
      mkdirSync(dirname(join(directory, key)), { recursive: true });
      writeFileSync(join(directory, key), content);
      chmodSync(join(directory, key), 0o644);
    }
    symlinkSync(name, join(this.path, "..data_tmp"));
    renameSync(join(this.path, "..data_tmp"), join(this.path, "..data"));
    this.#link(new Set(Object.keys(payload).map((key) => key.split("/")[0] as string)));
    if (old !== undefined) rmSync(join(this.path, old), { recursive: true });
  }

  #link(names: ReadonlySet<string>): void {
    for (const name of names)
      if (!existsSync(join(this.path, name))) symlinkSync(join("..data", name), join(this.path, name));
    for (const name of readdirSync(this.path))
      if (!name.startsWith("..") && !names.has(name)) rmSync(join(this.path, name));
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
