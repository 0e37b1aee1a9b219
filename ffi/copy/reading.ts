import { S_IFREG } from "../linux/constants.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { Syscalls } from "../linux/syscalls.ts";
import { ChangedError } from "./gone.ts";

const oneByte = new Uint8Array(1);

/** A file that is open to be read. */
export class Reading {
  readonly fd: number;
  /** What it was when it was opened. */
  readonly file: FileStatx;
  /** How long it is taken to be. */
  size: number;
  /** How much of it the agent has. */
  sent = 0;
  readonly #sys: Syscalls;
  #isOpen = true;

  /** @throws {ChangedError} where what `open` opens is not the regular file that was found. */
  constructor(sys: Syscalls, found: FileStatx, open: () => number) {
    this.#sys = sys;
    this.fd = open();
    try {
      this.file = sys.isUnchanged(this.fd, found) ? found : sys.fileStatx(this.fd);
      if (this.file.type !== S_IFREG || !this.file.isSameFile(found))
        throw new ChangedError("something else has this name by now");
    } catch (error) {
      sys.close(this.fd);
      throw error;
    }
    this.size = this.file.size;
  }

  /** Whether it is said to be empty, and is not: there are file systems that make up what is read. */
  hasNoSize(): boolean {
    return this.size === 0 && this.#sys.read(this.fd, oneByte, 1) > 0 && this.isUnchanged();
  }

  /** Whether nobody wrote to it since it was opened. */
  isUnchanged(): boolean {
    return this.#sys.isUnchanged(this.fd, this.file);
  }

  /** Closing again is fine. */
  close(): void {
    if (this.#isOpen) this.#sys.close(this.fd);
    this.#isOpen = false;
  }
}
