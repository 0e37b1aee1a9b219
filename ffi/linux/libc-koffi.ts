import { arch } from "node:process";
import {
  type CallName,
  callNumber,
  calls,
  callWith,
  type Invoke,
  invokeWith,
  type Parameter,
} from "./calls.ts";
import type { Libc } from "./libc.ts";

// long syscall(long number, ...)
const types: Record<Parameter, string> = { int: "int", size: "size_t", bytes: "void *" };

/** Libc through koffi, an optional package: a call costs a tenth of what it costs through ffi-rs. */
export async function openKoffi(): Promise<Libc> {
  const { default: koffi } = await import("koffi").catch((cause) => {
    throw new Error("Cannot open libc by koffi: run npm install koffi", { cause });
  });
  const libc = koffi.load(null);
  const settle = (result: number) => (result === -1 ? -koffi.errno() : result);
  const functions = {} as Record<CallName, Invoke>;
  for (const name of Object.keys(calls) as CallName[]) {
    const { parameters } = calls[name];
    const syscall = libc.func("syscall", "int", ["long", ...parameters.map((kind) => types[kind])]);
    functions[name] = invokeWith(syscall, callNumber(name, arch), parameters.length, settle);
  }
  return { name: "koffi", call: callWith(functions) };
}
