import { isLocal, NotAtHand } from "./at-hand.ts";
import { wordsOf } from "./attributes.ts";
import * as c from "./constants.ts";
import type { Host } from "./host.ts";
import type { Work } from "./paced.ts";
import { atSource } from "./source-error.ts";
import type { Statx } from "./structs.ts";
import { locate, pathBetween } from "./sub-path.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";
import type { WaitedSources } from "./waited-sources.ts";

/** What a host can see of a source. */
export interface Seen {
  readonly kind: "file" | "directory" | "block" | "char" | "fifo" | "socket" | "missing";
  readonly filesystem?: string;
  readonly isMountPoint?: boolean;
  readonly emptyDirPath?: string;
  readonly filesystemOptions?: readonly string[];
  readonly files?: number;
  readonly gid?: number;
  readonly attributes?: readonly string[];
  readonly hasMountsBelow?: boolean;
  readonly identity?: string;
}

const kinds = new Map<number, Seen["kind"]>([
  [c.S_IFREG, "file"],
  [c.S_IFDIR, "directory"],
  [c.S_IFBLK, "block"],
  [c.S_IFCHR, "char"],
  [c.S_IFIFO, "fifo"],
  [c.S_IFSOCK, "socket"],
]);

/** How many files more than these are as good as any. */
const MOST_FILES = 8;
// Directories count as entries too: a volume of kubelet's has a few.
const MOST_ENTRIES = 64;

/** What is asked of a source besides what it is. */
export interface Questions {
  /** How many files are in it. */
  readonly files?: boolean;
  /** Whether something is mounted below it. */
  readonly mountsBelow?: boolean;
  /** Whether something is mounted right on it. */
  readonly mountPoint?: boolean;
  /** Where in this emptyDir it lies, and whether something is mounted right on that. */
  readonly emptyDir?: string | undefined;
}

/** Looks at sources. What it finds out about their mounts is kept: sources are often on the same ones. */
export class Lookout {
  readonly #host: Host;
  readonly #waited: WaitedSources | undefined;
  readonly #mounts = new Map<number, Pick<Seen, "filesystem" | "attributes">>();
  #points: readonly string[] = [];

  constructor(host: Host, waited?: WaitedSources) {
    this.#host = host;
    this.#waited = waited;
  }

  /** Reads where mounts are, before a look that asks for mounts below. */
  *readMounts(): Work<void> {
    const mounts = yield* this.#host.table.list();
    this.#points = mounts.map(({ point }) => point).sort();
  }

  /**
   * What is at a path, as opening it shows; undefined where it is there and may not be opened: whoever shares it will get
   * the reason.
   *
   * @throws {NotAtHand} where a server has to be asked.
   * @throws {SyscallError} for what says nothing about the source, as that there is no memory.
   */
  look(path: string, questions: Questions = {}): Seen | undefined {
    const { sys, sources } = this.#host;
    let fd: number;
    try {
      fd = sources.openPath(path, this.#waited);
    } catch (error) {
      if (isOneOf(error, "ENOENT", "ENOTDIR")) return { kind: "missing" };
      if (isOneOf(error, "EACCES", "ELOOP", "ENAMETOOLONG")) return undefined;
      throw error;
    }
    try {
      return this.#see(fd, path, questions);
    } finally {
      sys.close(fd);
    }
  }

  #see(fd: number, path: string, questions: Questions): Seen | undefined {
    const { files, mountsBelow, mountPoint, emptyDir } = questions;
    const { sys, table } = this.#host;
    const file = atSource(path, () => sys.statx(fd));
    const kind = kinds.get(file.type);
    if (kind === undefined) return undefined;
    const isDirectory = kind === "directory";
    if (files && isDirectory && !isLocal(table, file) && !this.#waited?.hasListed(path))
      throw new NotAtHand([path], "list");
    return Object.assign(
      { kind, gid: file.gid, identity: file.identity },
      this.#mountOf(file),
      mountPoint && !file.isMountRoot && { isMountPoint: false },
      emptyDir !== undefined && this.#placeIn(emptyDir, fd),
      files && { files: isDirectory ? countFiles(sys, fd, ".", { entries: MOST_ENTRIES }) : 1 },
      mountsBelow && isDirectory && this.#hasMountsBelow(fd) && { hasMountsBelow: true },
    );
  }

  // Of huge pages, the size is what the filesystem likes to read at once.
  #mountOf(file: Statx): Partial<Seen> | undefined {
    const known = this.#mounts.get(file.mountId) ?? this.#seeMount(file);
    if (known?.filesystem !== "hugetlbfs") return known;
    return { ...known, filesystemOptions: [`pagesize=${file.blockSize}`] };
  }

  #seeMount(file: Statx): Pick<Seen, "filesystem" | "attributes"> | undefined {
    const mount = this.#host.table.of(file);
    if (!mount) return undefined;
    const seen = { filesystem: mount.fstype, attributes: wordsOf(mount.attributes) };
    this.#mounts.set(file.mountId, seen);
    return seen;
  }

  // In an emptyDir a source may be a directory of it, or a mount of one.
  #placeIn(emptyDir: string, fd: number): Pick<Seen, "isMountPoint" | "emptyDirPath"> | undefined {
    const { sys, sources } = this.#host;
    let volume: number;
    try {
      volume = sources.openPath(emptyDir, this.#waited);
    } catch (error) {
      if (isOneOf(error, "ENOENT", "ENOTDIR", "EACCES", "ELOOP", "ENAMETOOLONG")) return undefined;
      throw error;
    }
    try {
      const directory = locate(this.#host, volume);
      const inner = locate(this.#host, fd);
      const between = directory && inner && pathBetween(directory, inner);
      if (between === undefined) return { isMountPoint: false };
      return { isMountPoint: directory?.file.isMountRoot ?? false, emptyDirPath: `${emptyDir}${between}` };
    } finally {
      sys.close(volume);
    }
  }

  // By the paths of mounts: one that another one covers counts too, which only means a mount that is nobody else's.
  #hasMountsBelow(fd: number): boolean {
    const path = this.#host.sys.pathOf(fd);
    return oneBegins(this.#points, path === "/" ? "/" : `${path}/`);
  }
}

// Whether one of sorted texts begins so.
function oneBegins(texts: readonly string[], beginning: string): boolean {
  let from = 0;
  let to = texts.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((texts[middle] as string) <= beginning) from = middle + 1;
    else to = middle;
  }
  return texts[from]?.startsWith(beginning) ?? false;
}

// Links are files, and directories are not; beyond the limit nobody counts (Kata's countFiles). What goes away meanwhile is
// no file, and what may not be listed here has none for the agent either.
function countFiles(
  sys: Syscalls,
  parent: number,
  name: string | Uint8Array,
  room: { entries: number },
): number {
  try {
    return sys.using(sys.openDirectory(parent, name, c.O_RDONLY), (fd) => countIn(sys, fd, room));
  } catch (error) {
    if (isOneOf(error, "ENOENT", "ENOTDIR", "ELOOP", "EACCES")) return 0;
    throw error;
  }
}

function countIn(sys: Syscalls, directory: number, room: { entries: number }): number {
  let count = 0;
  for (const entry of sys.listAll(directory)) {
    if (room.entries-- <= 0) return MOST_FILES + 1;
    const found = unlessMissing(() => sys.statx(directory, entry));
    if (found) count += found.type === c.S_IFDIR ? countFiles(sys, directory, entry, room) : 1;
    if (count > MOST_FILES) return count;
  }
  return count;
}

function isOneOf(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof SyscallError && codes.includes(error.code);
}
