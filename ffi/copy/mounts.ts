import { isKernelFilesystem } from "../../words/kernel-filesystems.ts";
import { NotAtHand } from "../linux/cached-source.ts";
import { EINVAL, EPERM } from "../linux/errno.ts";
import type { Host } from "../linux/host.ts";
import type { Mount } from "../linux/mount.ts";
import { atSource, deleted, isDeleted } from "../linux/source-error.ts";
import type { FileStatx, Statx } from "../linux/structs.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { copyReasons, type SkipReason } from "./skip-reasons.ts";

/** Judges which mounts may be copied: not the kernel's own filesystems, and no shares of sandboxes. */
export class Mounts {
  readonly #host: Host;
  readonly #verdicts = new Map<number, SkipReason | undefined>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Why the mount of a file may not be copied; undefined if it may. */
  judge(file: Statx): SkipReason | undefined {
    if (file.hasUniqueMountId && this.#verdicts.has(file.mountId)) return this.#verdicts.get(file.mountId);
    const chain = this.#chain(file);
    // Hub, view and shares hang below a guard.
    const isSandbox = chain.some((mount) => this.#host.guards.has(mount));
    const type = chain[0]?.fstype ?? "";
    // Walking through an automounter would mount all that it knows.
    const isKernel = isKernelFilesystem(type) || type === "autofs";
    const verdict = isSandbox ? "sandbox" : isKernel ? "kernel" : undefined;
    this.#verdicts.set(file.mountId, verdict);
    return verdict;
  }

  // The kernel does not tell an ordinary user of the mounts above its own root.
  #chain(file: Statx): Mount[] {
    const mounts: Mount[] = [];
    try {
      for (const mount of this.#host.table.chain(file)) mounts.push(mount);
    } catch (error) {
      if (mounts.length === 0 || !isDenied(error)) throw error;
    }
    return mounts;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof SyscallError && error.call === "statmount" && error.errno === EPERM;
}

/** A source that was opened. */
export interface OpenedSource {
  /** The caller closes it. */
  readonly fd: number;
  readonly file: FileStatx;
}

/**
 * Opens a source by its path, as a share of it would be opened.
 *
 * @throws {SyscallError} if it cannot be opened, or may not be copied.
 */
export function openSource(host: Host, mounts: Mounts, path: string): OpenedSource {
  const { sys } = host;
  const fd = openAsShare(host, path) ?? atSource(path, () => sys.openPath(path));
  try {
    const file = atSource(path, () => sys.fileStatx(fd));
    const reason = mounts.judge(file);
    if (reason) throw new SyscallError("openat", EINVAL, copyReasons[reason]);
    // A file that is only named so has links.
    if (file.linkCount === 0 && isDeleted(sys, fd)) throw deleted(path);
    return { fd, file };
  } catch (error) {
    sys.close(fd);
    throw error;
  }
}

// A server has answered for a source that is copied, and its names may be cached for no moment.
function openAsShare({ sources }: Host, path: string): number | undefined {
  try {
    return sources.open(path).fd;
  } catch (error) {
    if (isDenied(error) || error instanceof NotAtHand) return undefined;
    throw error;
  }
}
