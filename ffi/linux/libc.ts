import type { Argument, CallName } from "./calls.ts";

/** The way to libc: all that is asked of a foreign function interface. */
export interface Libc {
  /** "deno", "koffi" or "ffi-rs". */
  readonly name: string;
  /** Makes a system call. What it gives, or the errno as a negative number. */
  call(name: CallName, a?: Argument, b?: Argument, c?: Argument, d?: Argument, e?: Argument): number;
  /**
   * Makes the call umount2 in a thread of a pool, and gives whether the call succeeded. The path's bytes end in a zero, and must not
   * change meanwhile. Absent where there is no pool.
   */
  unmountInPool?(path: Uint8Array, flags: number): Promise<boolean>;
}

/** The foreign function interfaces that lead to libc. */
export type LibcName = "deno" | "koffi" | "ffi-rs";
