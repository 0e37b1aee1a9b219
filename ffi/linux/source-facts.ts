import { wordsOf } from "./attributes.ts";
import { isLocal, isLocalType, NotAtHand } from "./cached-source.ts";
import * as c from "./constants.ts";
import { countFiles } from "./count-files.ts";
import type { Host } from "./host.ts";
import type { KeptSources } from "./kept-sources.ts";
import { prefixBelow } from "./mount.ts";
import type { Work } from "./paced.ts";
import type { Source } from "./source.ts";
import { atSource } from "./source-error.ts";
import type { Statx } from "./structs.ts";
import { locate, pathBetween } from "./sub-path.ts";
import { SyscallError } from "./syscall-error.ts";
import type { WaitedSources } from "./waited-sources.ts";

/** What a host can find out about a source. */
export interface SourceFacts {
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

const kinds = new Map<number, SourceFacts["kind"]>([
  [c.S_IFREG, "file"],
  [c.S_IFDIR, "directory"],
  [c.S_IFBLK, "block"],
  [c.S_IFCHR, "char"],
  [c.S_IFIFO, "fifo"],
  [c.S_IFSOCK, "socket"],
]);

/** What is to be found out about a source besides its kind. */
export interface Questions {
  /** How many files the source has. */
  readonly files?: boolean;
  /** Whether the source has submounts. */
  readonly submounts?: boolean;
  /** Whether the source is a mount point. */
  readonly mountPoint?: boolean;
  /** Where in this emptyDir the source is, and whether the emptyDir is a mount point. */
  readonly emptyDir?: string | undefined;
  /** Keeps the source open, to be shared. */
  readonly kept?: KeptSources | undefined;
}

/** Finds out facts about sources. The facts about their mounts are kept: sources are often on the same mounts. */
export class SourceInspector {
  readonly #host: Host;
  readonly #waited: WaitedSources | undefined;
  readonly #mounts = new Map<number, Pick<SourceFacts, "filesystem" | "attributes">>();
  #points: readonly string[] = [];

  constructor(host: Host, waited?: WaitedSources) {
    this.#host = host;
    this.#waited = waited;
  }

  /** Reads where mounts are: needed before an inspection that asks for submounts. */
  *readMounts(): Work<void> {
    const mounts = yield* this.#host.table.list();
    this.#points = mounts.map(({ point }) => point).sort();
  }

  /**
   * The facts of what is at a path, as opening it shows; undefined where the source may not be opened: the step that shares it
   * will report why.
   *
   * @throws {NotAtHand} where a server has to be asked.
   * @throws {SyscallError} for a failure that says nothing about the source, such as no memory.
   */
  inspect(path: string, questions: Questions = {}): SourceFacts | undefined {
    const source = this.#open(path);
    if (source === "missing") return { kind: "missing" };
    if (source === "refused") return undefined;
    const { sys } = this.#host;
    let isKept = false;
    try {
      const file = atSource(path, () => sys.statx(source));
      const facts = this.#inspectOpen({ fd: source, file }, path, questions);
      isKept =
        isLocalType(facts?.filesystem ?? "") && (questions.kept?.keep(path, { fd: source, file }) ?? false);
      return facts;
    } finally {
      if (!isKept) sys.closeLater(source);
    }
  }

  #open(path: string): number | "missing" | "refused" {
    try {
      return this.#host.sources.openPath(path, this.#waited);
    } catch (error) {
      const code = error instanceof SyscallError ? error.code : "";
      if (["ENOENT", "ENOTDIR"].includes(code)) return "missing";
      if (["EACCES", "ELOOP", "ENAMETOOLONG"].includes(code)) return "refused";
      throw error;
    }
  }

  #inspectOpen({ fd, file }: Source, path: string, questions: Questions): SourceFacts | undefined {
    const { files, submounts, mountPoint, emptyDir } = questions;
    const { sys, table } = this.#host;
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
      files && { files: isDirectory ? countFiles(sys, fd) : 1 },
      submounts && isDirectory && this.#hasSubmounts(fd) && { hasMountsBelow: true },
    );
  }

  // The size of huge pages is the block size of their filesystem.
  #mountOf(file: Statx): Partial<SourceFacts> | undefined {
    const known = this.#mounts.get(file.mountId) ?? this.#readMount(file);
    if (known?.filesystem !== "hugetlbfs") return known;
    return { ...known, filesystemOptions: [`pagesize=${file.blockSize}`] };
  }

  #readMount(file: Statx): Pick<SourceFacts, "filesystem" | "attributes"> | undefined {
    const mount = this.#host.table.of(file);
    if (!mount) return undefined;
    const seen = { filesystem: mount.fstype, attributes: wordsOf(mount.attributes) };
    this.#mounts.set(file.mountId, seen);
    return seen;
  }

  // In an emptyDir a source may be a directory of it, or a mount of one.
  #placeIn(emptyDir: string, fd: number): Pick<SourceFacts, "isMountPoint" | "emptyDirPath"> | undefined {
    const volume = this.#open(emptyDir);
    if (typeof volume !== "number") return undefined;
    return this.#host.sys.using(volume, () => {
      const directory = locate(this.#host, volume);
      const inner = locate(this.#host, fd);
      const between = directory && inner && pathBetween(directory, inner);
      if (between === undefined) return { isMountPoint: false };
      return { isMountPoint: directory?.file.isMountRoot ?? false, emptyDirPath: `${emptyDir}${between}` };
    });
  }

  // By the paths of mounts. A submount that another mount covers counts too: then the share is a mount of its own.
  #hasSubmounts(fd: number): boolean {
    const path = this.#host.sys.pathOf(fd);
    return oneBegins(this.#points, prefixBelow(path));
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
