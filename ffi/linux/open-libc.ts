import type { Libc, LibcName } from "./libc.ts";
import { openDeno, runsInDeno } from "./libc-deno.ts";
import { openKoffi } from "./libc-koffi.ts";
import { platform } from "./process.ts";

let opened: Promise<Libc> | undefined;

/**
 * The way to libc in this runtime: Deno's own, in Node koffi where the program has it, else ffi-rs. With a name, that one.
 *
 * @throws {Error} when there is none: not on Linux, Deno without --allow-ffi, ffi-rs in Deno, no ffi-rs for this machine.
 *
 * @example
 * ```ts
 * import { FilesystemShare, openLibc } from "guestshare/host";
 *
 * const libc = await openLibc();
 * const share = new FilesystemShare({ id: "s1" }, { libc });
 * await share.cleanup();
 * ```
 */
export function openLibc(name?: LibcName): Promise<Libc> {
  if (platform !== "linux") {
    return Promise.reject(
      new Error(`Cannot open libc: shares are mounted on Linux only, not on ${platform}`),
    );
  }
  if (name !== undefined) return open(name);
  opened ??= openFirst();
  return opened;
}

async function openFirst(): Promise<Libc> {
  if (runsInDeno()) return openDeno();
  return openKoffi().catch(() => openFfiRs());
}

// Loaded only where koffi is not there. Some of its calls go through node:fs.
async function openFfiRs(): Promise<Libc> {
  if (runsInDeno())
    throw new Error(
      "Cannot open libc by ffi-rs: Deno's node:fs has descriptors of its own; leave the name out",
    );
  return (await import("./libc-ffi-rs.ts")).openFfiRs();
}

async function open(name: LibcName): Promise<Libc> {
  switch (name) {
    case "deno":
      return openDeno();
    case "koffi":
      return openKoffi();
    case "ffi-rs":
      return openFfiRs();
    default:
      throw new Error(`Cannot open libc by ${JSON.stringify(name)}: "deno", "koffi" and "ffi-rs" are known`);
  }
}
