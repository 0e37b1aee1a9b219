import { readdirSync, readFileSync } from "node:fs";
import type { CallName, Libc } from "../../../ffi/mod.ts";

const O_CLOEXEC = 0o2000000;

/** A libc after each of whose calls it is looked which descriptors are new. */
export interface Watched extends Libc {
  /** The calls that made descriptors. */
  readonly makers: ReadonlySet<CallName>;
  /** Those whose descriptors a program would inherit that this process starts, with what they lead to. */
  readonly leaks: readonly string[];
}

/** The real calls, with a look at the descriptors that they make. */
export function watchingDescriptors(libc: Libc): Watched {
  const makers = new Set<CallName>();
  const leaks: string[] = [];
  let known = openDescriptors();
  return {
    name: libc.name,
    makers,
    leaks,
    call: (...args) => {
      const result = libc.call(...args);
      const now = openDescriptors();
      // Others that are new are the runtime's: of Deno's, a socket is not closed on exec.
      const isMade = now.has(result) && !known.has(result);
      known = now;
      if (isMade) makers.add(args[0]);
      const flags = now.get(result) ?? 0;
      if (isMade && (flags & O_CLOEXEC) === 0) leaks.push(`${args[0]}, with flags 0${flags.toString(8)}`);
      return result;
    },
  };
}

// The flags of all descriptors but the standard ones, which are inherited.
function openDescriptors(): Map<number, number> {
  const flags = new Map<number, number>();
  for (const name of readdirSync("/proc/self/fdinfo")) {
    if (Number(name) <= 2) continue;
    try {
      const info = readFileSync(`/proc/self/fdinfo/${name}`, "latin1");
      flags.set(Number(name), Number.parseInt(info.match(/^flags:\s+(\d+)$/m)?.[1] ?? "", 8));
    } catch {
      // That of the directory which was read, closed by now.
    }
  }
  return flags;
}
