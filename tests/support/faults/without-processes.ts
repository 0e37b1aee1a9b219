import type { Argument, Libc } from "../../../ffi/mod.ts";

/** The real calls, but /proc has no processes: `empty` is listed in its place. Machines have few of them, or thousands. */
export function withoutProcesses(libc: Libc, empty: string): Libc {
  const path = (bytes: Argument) => new TextDecoder().decode(bytes as Uint8Array).replace(/\0.*$/s, "");
  return {
    ...libc,
    call(name, a, b, ...rest) {
      const isProc = (name === "openat" || name === "openat2") && path(b) === "/proc";
      return libc.call(name, a, isProc ? new TextEncoder().encode(`${empty}\0`) : b, ...rest);
    },
  };
}
