import type { Argument, Libc } from "../../../ffi/mod.ts";
import { libc } from "../runtimes.ts";

/**
 * The real calls, but for the first process: nobody may look at it, and its mounts are those of `table`. On some machines that is
 * so, on others not.
 */
export function hidingInit(table: string): Libc {
  const [hidden, mounts] = [/^\/proc\/1\/(?:fd|root|cwd|ns)/, "/proc/1/mountinfo"];
  const path = (bytes: Argument) => new TextDecoder().decode(bytes as Uint8Array).replace(/\0.*$/s, "");
  return {
    ...libc,
    call(name, a, b, ...rest) {
      if (name !== "openat" && name !== "openat2") return libc.call(name, a, b, ...rest);
      if (hidden.test(path(b))) return -13; // EACCES
      const asked = path(b) === mounts ? new TextEncoder().encode(`${table}\0`) : b;
      return libc.call(name, a, asked, ...rest);
    },
  };
}
