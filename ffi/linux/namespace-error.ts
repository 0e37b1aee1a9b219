import { EBUSY } from "./errno.ts";
import type { Namespace } from "./namespace.ts";
import type { Holder } from "./namespace-holder.ts";
import { SyscallError } from "./syscall-error.ts";

/** A sandbox lives in another mount namespace than this process: nothing was changed. */
export class NamespaceError extends SyscallError {
  override readonly name = "NamespaceError";
  /** The number in "mnt:[4026532345]" of the sandbox's namespace. */
  readonly namespace: number;
  /** A process that is in it; undefined where none was found. */
  readonly process: number | undefined;
  /** What to put before a command so that it runs there; undefined where no way there was found. */
  readonly command: string | undefined;

  /** `userInode` is of this process, and `initialUserInode` the machine's. */
  constructor(there: Namespace, holder: Holder | undefined, users: { own: number; initial: number }) {
    const command =
      holder && commandOf(holder, there.userInode !== users.initial && there.userInode !== users.own);
    super("read", EBUSY, reasonOf(there, holder, command));
    this.namespace = there.inode;
    this.process = holder?.process;
    this.command = command;
  }
}

function commandOf({ path, process }: Holder, isOfUser: boolean): string {
  return `nsenter ${isOfUser ? `-t ${process} -U --preserve-credentials ` : ""}--mount=${path}`;
}

function reasonOf({ inode }: Namespace, holder: Holder | undefined, command: string | undefined): string {
  if (holder) {
    return `this sandbox is in mount namespace ${inode} (process ${holder.process}): ${command}`;
  }
  return (
    `this sandbox is in mount namespace ${inode}, of which no process can be seen from here; ` +
    "call it in that namespace, or if that is gone for good clear the sandbox by cleanup({ force: true })"
  );
}
