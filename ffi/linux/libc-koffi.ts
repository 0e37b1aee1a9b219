import { arch } from "node:process";
import { type Argument, type CallName, callNumber, calls } from "./calls.ts";
import type { Libc } from "./libc.ts";

/** Libc through koffi, an optional package: a call costs a tenth of what it costs through ffi-rs. */
export async function openKoffi(): Promise<Libc> {
  const { default: koffi } = await import("koffi");
  const libc = koffi.load(null);
  const functions = {} as Record<CallName, (...args: Argument[]) => number>;
  for (const name of Object.keys(calls) as CallName[]) {
    const kinds = calls[name].parameters.map((kind) => (kind === "int" ? "long" : "void *"));
    // long syscall(long number, ...)
    const syscall = libc.func("syscall", "int", ["long", ...kinds]);
    const number = callNumber(name, arch);
    functions[name] = (...args) => syscall(number, ...args);
  }
  return {
    name: "koffi",
    call(name: CallName, ...args: Argument[]): number {
      const result = functions[name](...args);
      return result === -1 ? -koffi.errno() : result;
    },
  };
}
