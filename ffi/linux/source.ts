import { isKernelFilesystem, kernelFilesystemReason } from "../../words/kernel-filesystems.ts";
import { mayHang, NotAtHand, openAtHand } from "./cached-source.ts";
import { MS_UNBINDABLE, S_IFBLK, S_IFCHR } from "./constants.ts";
import { EINVAL } from "./errno.ts";
import { Guards } from "./guard.ts";
import type { Mount } from "./mount.ts";
import { MountTable } from "./mount-table.ts";
import { atSource } from "./source-error.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";
import type { WaitedSources } from "./waited-sources.ts";

/** A source that was opened once, and judged by its open file. */
export interface Source {
  readonly fd: number;
  readonly file: Statx;
}

// Why nothing on a mount may be shared; undefined where it may be.
type Verdict = "automount" | string | undefined;

const MOST_VERDICTS = 4096;

// True only until somebody makes the mount private.
const UNBINDABLE =
  "the source is on an unbindable mount, which the kernel binds nowhere; make it private, or share what it was made from";

/** Opens sources. A verdict on a mount is true as long as the mount has its unique id, so each mount is judged once. */
export class Sources {
  readonly #sys: Syscalls;
  readonly table: MountTable;
  readonly guards: Guards;
  readonly #verdicts = new Map<number, Verdict>();
  /** Mounts whose server may not answer, by their ids. */
  readonly #remote = new Set<number>();

  constructor(sys: Syscalls) {
    this.#sys = sys;
    this.table = new MountTable(sys);
    this.guards = new Guards(sys, this.table);
  }

  /**
   * A source by its path; the caller closes the descriptor. No server is asked, unless the source was waited for.
   *
   * @throws {NotAtHand} where a server has to be asked.
   * @throws {SyscallError} for a source that cannot be opened, is on a filesystem of the kernel's, is a device, or is inside a
   *   guard.
   */
  open(path: string, waited?: WaitedSources): Source {
    const fd = this.openPath(path, waited);
    try {
      const file = atSource(path, () => this.#sys.statx(fd));
      const reason = this.#judge(file);
      if (reason === "automount") return this.#openMounted(path, fd, waited);
      if (reason !== undefined) throw new SyscallError("openat", EINVAL, reason);
      return { fd, file };
    } catch (error) {
      this.#sys.close(fd);
      throw error;
    }
  }

  /**
   * Judges a source that is open already; where it may not be shared, its descriptor is closed.
   *
   * @throws {SyscallError} as `open`.
   */
  judge(source: Source): Source {
    try {
      const reason = this.#judge(source.file);
      if (reason !== undefined) throw new SyscallError("openat", EINVAL, reason);
      return source;
    } catch (error) {
      this.#sys.close(source.fd);
      throw error;
    }
  }

  /** Whether the server of an open source may not answer. */
  isRemote({ mountId }: Statx): boolean {
    return this.#remote.has(mountId);
  }

  /**
   * A descriptor that only names what is at a path.
   *
   * @throws {NotAtHand | SourceError}
   */
  openPath(path: string, waited?: WaitedSources): number {
    return atSource(path, () => {
      try {
        return openAtHand(this.#sys, this.table, path);
      } catch (error) {
        const fd = error instanceof NotAtHand ? waited?.open(path) : undefined;
        if (fd === undefined) throw error;
        return fd;
      }
    });
  }

  // O_PATH does not trigger an automounter; open_tree does, once the automounter has answered.
  #openMounted(path: string, trigger: number, waited: WaitedSources | undefined): Source {
    if (!waited?.hasAnswered(path)) throw new NotAtHand([path]);
    const fd = atSource(path, () => this.#sys.openMounted(path));
    try {
      const file = atSource(path, () => this.#sys.statx(fd));
      const reason = this.#judge(file);
      if (reason !== undefined) throw new SyscallError("open_tree", EINVAL, reason);
      this.#sys.close(trigger);
      return { fd, file };
    } catch (error) {
      this.#sys.close(fd);
      throw error;
    }
  }

  #judge(file: Statx): Verdict {
    if (file.type === S_IFCHR || file.type === S_IFBLK)
      return "the source is a device; give it to the guest as one";
    if (!file.hasUniqueMountId) return this.#judgeMount(file);
    const id = file.mountId;
    if (this.#verdicts.has(id)) return this.#verdicts.get(id);
    if (this.#verdicts.size >= MOST_VERDICTS) this.#forget();
    const verdict = this.#judgeMount(file);
    if (verdict !== UNBINDABLE) this.#verdicts.set(id, verdict);
    return verdict;
  }

  #forget(): void {
    this.#verdicts.clear();
    this.#remote.clear();
  }

  // Before Linux 6.8 another mount may have had the id.
  #noteRemote(id: number, isRemote: boolean): void {
    if (isRemote) this.#remote.add(id);
    else this.#remote.delete(id);
  }

  #judgeMount(file: Statx): Verdict {
    let verdict: Verdict = "the source is on no mount of this namespace";
    let isFirst = true;
    for (const mount of this.table.chain(file)) {
      if (isFirst) verdict = judgeAlone(mount);
      if (isFirst) this.#noteRemote(file.mountId, mayHang(mount.fstype));
      if (isFirst && verdict !== undefined && verdict !== UNBINDABLE) return verdict;
      // Hub, view and shares hang below a guard.
      if (this.guards.has(mount))
        return "the source is inside a sandbox's directory; share what it was made from";
      isFirst = false;
    }
    return verdict;
  }
}

function judgeAlone({ fstype, propagation }: Mount): Verdict {
  if (fstype === "autofs") return "automount";
  if (isKernelFilesystem(fstype)) return kernelFilesystemReason(fstype);
  return propagation === MS_UNBINDABLE ? UNBINDABLE : undefined;
}
