import { Buffer } from "node:buffer";
import * as c from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { CopyItem } from "./copy-item.ts";
import type { Directories, Directory } from "./directories.ts";
import { isGone } from "./gone.ts";
import type { Mounts } from "./mounts.ts";
import type { SkipReason } from "./notes.ts";
import type { Sender } from "./sender.ts";
import { temporaryName } from "./temporary-name.ts";
import type { TreeTools } from "./tools.ts";

/** Something that a directory has, as it was found. */
export interface Entry extends CopyItem {
  readonly name: string;
  /** How long the guest's path is, in bytes. */
  readonly guestBytes: number;
  readonly file: FileStatx;
  /** Where a link leads. */
  readonly target: Uint8Array | undefined;
}

const LONGEST_NAME = 255;
const LONGEST_PATH = 4095;

const kinds = new Map<number, SkipReason>([
  [c.S_IFSOCK, "socket"],
  [c.S_IFIFO, "pipe"],
  [c.S_IFCHR, "device"],
  [c.S_IFBLK, "device"],
]);

/** Why something of this type cannot be copied. */
export function specialKind(type: number): SkipReason | undefined {
  return kinds.get(type);
}

/** Looks at what directories have. */
export class Finder {
  readonly #host: Host;
  readonly #directories: Directories;
  readonly #mounts: Mounts;
  readonly #sender: Sender;

  constructor({ host, mounts, sender }: TreeTools, directories: Directories) {
    this.#host = host;
    this.#mounts = mounts;
    this.#sender = sender;
    this.#directories = directories;
  }

  /**
   * What has a name; undefined where nothing has it any more.
   *
   * @throws {Stopped} for what cannot be looked at, such as a mount whose server has died.
   */
  find(directory: Directory, name: string): Entry | undefined {
    const { sys } = this.#host;
    const parent = this.#directories.of(directory);
    const path = `${directory.path === "/" ? "" : directory.path}/${name}`;
    const guestPath = `${directory.guestPath}/${name}`;
    try {
      const file = sys.fileStatx(parent, name);
      const guestBytes = directory.guestBytes + 1 + Buffer.byteLength(name);
      const target = file.type === c.S_IFLNK ? sys.readLink(parent, name) : undefined;
      return { name, path, guestPath, guestBytes, file, target };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw this.#sender.stop({ path, guestPath }, error, "host");
    }
  }

  /** Why something cannot be copied; undefined where it can. */
  obstacle(directory: Directory, { name, file, guestBytes }: Entry): SkipReason | undefined {
    const kind = kinds.get(file.type);
    if (kind) return kind;
    const isFile = file.type === c.S_IFREG;
    const temporary = isFile ? Buffer.byteLength(temporaryName(name)) : 0;
    if (temporary > LONGEST_NAME) return "long-name";
    const longer = Math.max(0, temporary - Buffer.byteLength(name));
    if (guestBytes + longer > LONGEST_PATH) return "long-path";
    // What is mounted in the tree is copied too, as Kata does it.
    return file.mountId === directory.file.mountId ? undefined : this.#mounts.judge(file);
  }
}
