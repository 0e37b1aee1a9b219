import { EBUSY } from "./errno.ts";
import type { Namespace } from "./namespace.ts";
import type { Holder } from "./namespace-holder.ts";
import { SyscallError } from "./syscall-error.ts";

const UNSEEN = ", of which no process can be seen from here; call it in that namespace";
const UNKNOWN = `${UNSEEN}, or if that is gone for good clear the sandbox by cleanup({ force: true })`;

/** The facts about a sandbox's namespace. */
export interface Found {
  readonly holder: Holder | undefined;
  /** Whether the kernel still knows the namespace. */
  readonly isAlive: boolean;
  /** The user namespace of this process, by its inode. */
  readonly ownUser: number;
  /** The machine's. */
  readonly initialUser: number;
  /** The user who has the holder, if it is not this one, by whom it would be run. */
  readonly otherUser: number | undefined;
}

/** A sandbox lives in another mount namespace than this process: nothing was changed. */
export class NamespaceError extends SyscallError {
  /** Always "NamespaceError". */
  override readonly name = "NamespaceError";
  /** The number in "mnt:[4026532345]" of the sandbox's namespace. */
  readonly namespace: number;
  /** A process that is in it; undefined where none was found. */
  readonly process: number | undefined;
  /** The prefix that makes a command run there; undefined where no way there was found. */
  readonly command: string | undefined;

  /** Of the sandbox's namespace, and what was found out about it. */
  constructor(there: Namespace, { holder, isAlive, ownUser, initialUser, otherUser }: Found) {
    const isOfUser = there.userInode !== initialUser && there.userInode !== ownUser;
    // Who enters another user's namespaces runs the programs that he has mounted there.
    const isOthers = isOfUser && otherUser !== undefined;
    const command = holder && !isOthers ? commandOf(holder, isOfUser) : undefined;
    const advice = command ?? `call it as user ${otherUser}, whose namespaces these are`;
    const way = holder ? ` (process ${holder.process}): ${advice}` : isAlive ? UNSEEN : UNKNOWN;
    super("read", EBUSY, `this sandbox is in mount namespace ${there.inode}${way}`);
    this.namespace = there.inode;
    this.process = holder?.process;
    this.command = command;
  }
}

function commandOf({ path, process }: Holder, isOfUser: boolean): string {
  return `nsenter ${isOfUser ? `-t ${process} -U --preserve-credentials ` : ""}--mount=${path}`;
}
