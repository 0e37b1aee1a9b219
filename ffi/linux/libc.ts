import type { MakeCall } from "./calls.ts";

/** The way to libc: all that is asked of a foreign function interface. */
export interface Libc {
  /** "deno", "koffi" or "ffi-rs". */
  readonly name: string;
  /** Makes a system call. What it gives, or the errno as a negative number. */
  readonly call: MakeCall;
}

/** The foreign function interfaces that lead to libc. */
export type LibcName = "deno" | "koffi" | "ffi-rs";
