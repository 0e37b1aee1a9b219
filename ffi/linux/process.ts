import { denoProcess } from "./libc-deno.ts";

/** What the runtime says of this machine and this process, by Node's words for it. */
export interface OwnProcess {
  readonly arch: string;
  readonly platform: string;
  readonly pid: number;
}

// Not from "node:process": whoever imports that makes Node open its standard streams, and takes Deno twelve milliseconds.
const own: OwnProcess = denoProcess ?? process;
export const arch: string = own.arch;
export const platform: string = own.platform;
export const pid: number = own.pid;
