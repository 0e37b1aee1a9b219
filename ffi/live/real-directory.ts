import { Buffer } from "node:buffer";
import { unlessMissing } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

/** A directory as the mount table calls it: without links. One that is not there is called as it was given. */
export function realDirectory(sys: Syscalls, path: string): string {
  const bytes = unlessMissing(() => sys.using(sys.openPath(path), (fd) => sys.pathOf(fd)));
  return bytes === undefined ? path : Buffer.from(bytes, "latin1").toString();
}
