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

// The part of Deno's API that is used here; the package is type checked without Deno's own types.
interface Deno {
  dlopen(path: string, symbols: Record<string, Symbol>): { symbols: Record<string, Syscall> };
  UnsafePointerView: new (pointer: unknown) => { getInt32(): number };
}
type Syscall = (number: number, ...args: unknown[]) => number;
interface Symbol {
  name: string;
  parameters: string[];
  result: string;
}

const deno = (globalThis as { Deno?: Deno }).Deno;

/** Whether this is Deno, and not its shim on Node. */
export function runsInDeno(): boolean {
  return deno !== undefined && "dlopen" in deno;
}

// long syscall(long number, ...). What fits in 32 bits goes as such: Deno converts 64 of them by way of a BigInt.
const types: Record<Parameter, string> = { int: "i32", size: "i64", bytes: "buffer" };

/** Libc through `Deno.dlopen`; needs --allow-ffi. */
export function openDeno(): Libc {
  if (deno === undefined || !runsInDeno()) throw new Error("Cannot open libc: this is not Deno");
  const { symbols } = load(deno);
  const errno = new deno.UnsafePointerView(symbols.errnoLocation?.(0));
  const settle = (result: number) => (result === -1 ? -errno.getInt32() : result);
  const functions = {} as Record<CallName, Invoke>;
  for (const name of Object.keys(calls) as CallName[]) {
    const syscall = symbols[name] as Syscall;
    functions[name] = invokeWith(syscall, callNumber(name, arch), calls[name].parameters.length, settle);
  }
  return { name: "deno", call: callWith(functions) };
}

function load(deno: Deno): ReturnType<Deno["dlopen"]> {
  const symbols: Record<string, Symbol> = {
    // int *__errno_location(void)
    errnoLocation: { name: "__errno_location", parameters: [], result: "pointer" },
  };
  for (const name of Object.keys(calls) as CallName[]) {
    const parameters = calls[name].parameters.map((kind) => types[kind]);
    symbols[name] = { name: "syscall", parameters: ["i32", ...parameters], result: "i32" };
  }
  try {
    return deno.dlopen("libc.so.6", symbols);
  } catch (cause) {
    // After an interactive prompt Deno looks for the bare name in the working directory.
    throw new Error("Cannot open libc.so.6: run Deno with --allow-ffi, without a path", { cause });
  }
}
