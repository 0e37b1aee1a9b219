import { ENOENT, ESRCH } from "./errno.ts";
import { readMark } from "./mark.ts";
import type { MountTable } from "./mount-table.ts";
import { inodeOf, isOfThisBoot, type Namespace, textOf } from "./namespace.ts";
import { NamespaceError } from "./namespace-error.ts";
import { findHolder } from "./namespace-holder.ts";
import { countMountsIn } from "./statmount.ts";
import type { Statx } from "./structs.ts";
import { unlessOneOf } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** A sandbox's directory whose lock is held. */
export interface Locked {
  /** A descriptor of it. */
  readonly directory: number;
  /** What its name leads to. */
  readonly found: Statx;
}

// The machine's own namespaces have the same numbers on every boot (include/linux/proc_ns.h).
const INITIAL_USER = 4026531837;
const INITIAL_PROCESSES = 4026531836;
const CAP_SYS_PTRACE = 1n << 19n;
const CAP_SYS_ADMIN = 1n << 21n;
const MOST_KNOWN = 4096;

/** Knows which sandboxes live in the mount namespace of this process: the others are to be left alone. */
export class SandboxNamespaces {
  readonly #sys: Syscalls;
  readonly #table: MountTable;
  /** Guards of sandboxes that are here, by their unique mount ids. A copy in another namespace has another one. */
  readonly #known = new Set<number>();

  constructor(sys: Syscalls, table: MountTable) {
    this.#sys = sys;
    this.#table = table;
  }

  /**
   * Why a sandbox has to be left alone: its mark names another mount namespace. Undefined where the sandbox is in this
   * namespace, or has no mark, or the other namespace is certainly gone. A promise where that has to be found out.
   */
  elsewhere({ directory, found }: Locked): undefined | Promise<NamespaceError | undefined> {
    const isKept = found.isMountRoot && found.hasUniqueMountId;
    if (isKept && this.#known.has(found.mountId)) return undefined;
    const mark = readMark(this.#sys, directory);
    if (!mark) return undefined;
    if (!this.isHere(mark, found)) return this.#judge(mark, { directory, found });
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    if (isKept) this.#known.add(found.mountId);
    return undefined;
  }

  /**
   * Whether a mark names this namespace; `found` is on any mount of it. By its id, where the kernel has one: another namespace may get
   * the number. A guard proves nothing: a namespace that was made after the guard has a copy of it.
   */
  isHere(mark: Namespace, found: Statx): boolean {
    const id = mark.id === undefined ? undefined : this.#table.namespaceIdOf(found);
    return id === undefined ? mark.inode === inodeOf(this.#sys, "/proc/self/ns/mnt") : mark.id === id;
  }

  async #judge(mark: Namespace, { directory, found }: Locked): Promise<NamespaceError | undefined> {
    if (!isOfThisBoot(this.#sys, mark)) return undefined;
    // It is another one by its id, and the living share no number.
    if (mark.inode === inodeOf(this.#sys, "/proc/self/ns/mnt")) return undefined;
    const own = inodeOf(this.#sys, "/proc/self/ns/user");
    const capabilities = own === INITIAL_USER ? this.#capabilities() : 0n;
    const isGone = (capabilities & CAP_SYS_ADMIN) !== 0n ? this.#isGone(mark, found) : undefined;
    if (isGone === true) return undefined;
    const { holder, isComplete } = await findHolder(this.#sys, mark);
    const seesIt = isComplete && (capabilities & CAP_SYS_PTRACE) !== 0n;
    const isSure = (seesIt || this.#isOwnUsers(mark, directory, own)) && this.#seesAllProcesses();
    if (isGone === undefined && isSure && !holder) return undefined;
    const isAlive = isGone === false;
    const otherUser = holder && this.#otherUserOf(holder.process);
    return new NamespaceError(mark, {
      ...{ holder, isAlive, otherUser },
      ...{ ownUser: own, initialUser: INITIAL_USER },
    });
  }

  // A user may look at each process in a user namespace that he made (user_namespaces(7)), so that those he may not look at are not in
  // there. What a directory of his says is his own word.
  #isOwnUsers({ userInode }: Namespace, directory: number, own: number): boolean {
    return (
      own === INITIAL_USER && userInode !== own && this.#sys.fileStatx(directory).uid === this.#userOf("self")
    );
  }

  // Whether the kernel knows no namespace with this id. The kernel says the same to a process that may not ask, so that has to be
  // ruled out before.
  #isGone({ id }: Namespace, found: Statx): boolean | undefined {
    const own = this.#table.namespaceIdOf(found);
    if (id === undefined || own === undefined || countMountsIn(this.#sys, own) < 0) return undefined;
    const count = countMountsIn(this.#sys, id);
    return count >= 0 ? false : count === -ENOENT ? true : undefined;
  }

  #seesAllProcesses(): boolean {
    return inodeOf(this.#sys, "/proc/self/ns/pid") === INITIAL_PROCESSES;
  }

  #capabilities(): bigint {
    return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(this.#status())?.[1] ?? "0"}`);
  }

  // Not the owner of /proc/PID, which a process can change (prctl(2), PR_SET_DUMPABLE).
  #userOf(process: number | "self"): number {
    return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(this.#status(process))?.[1]);
  }

  #otherUserOf(process: number): number | undefined {
    const user = unlessOneOf([ENOENT, ESRCH], () => this.#userOf(process));
    return user === this.#userOf("self") ? undefined : user;
  }

  #status(process: number | "self" = "self"): string {
    return textOf(this.#sys.readFile(`/proc/${process}/status`));
  }
}
