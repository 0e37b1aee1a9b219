import * as c from "./constants.ts";
import { FileCalls } from "./file-calls.ts";

/** The system calls about processes, one function for each. */
export class ProcessCalls extends FileCalls {
  /** Takes this thread, which has its root and working directory for itself from then on, into a mount namespace. */
  enterMounts(namespace: number): void {
    this.must("unshare", c.CLONE_FS);
    this.must("setns", namespace, c.CLONE_NEWNS);
  }

  /** The process that listens on a socket, by its number here: 0 where this process sees no number of it. */
  listenerOf(address: Uint8Array): number {
    return this.using(this.must("socket", c.AF_UNIX, c.SOCK_STREAM | c.SOCK_CLOEXEC, 0), (fd) => {
      this.must("connect", fd, address, address.length);
      const credentials = new Int32Array(3); // struct ucred: pid_t pid, uid_t uid, gid_t gid
      const length = new Int32Array([credentials.byteLength]);
      const [bytes, size] = [new Uint8Array(credentials.buffer), new Uint8Array(length.buffer)];
      this.must("getsockopt", fd, c.SOL_SOCKET, c.SO_PEERCRED, bytes, size);
      return credentials[0] as number;
    });
  }
}
