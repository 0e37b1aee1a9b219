import { denoProcess, type OwnProcess } from "./libc-deno.ts";

// Not from "node:process": whoever imports that makes Node open its standard streams, and takes Deno twelve milliseconds.
const own: OwnProcess = denoProcess ?? process;
export const arch: string = own.arch;
export const platform: string = own.platform;
export const pid: number = own.pid;
