import { arch } from "node:process";
import { type Argument, type CallName, callNumber, calls } from "./calls.ts";
import type { Libc } from "./libc.ts";

// The part of Deno's API that is used here; the package is type checked without Deno's own types.
interface Deno {
  dlopen(
    path: string,
    symbols: Record<string, Symbol>,
  ): { symbols: Record<string, (...args: unknown[]) => unknown> };
  UnsafePointerView: new (pointer: unknown) => { getInt32(): number };
}
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

/** Libc through `Deno.dlopen`; needs --allow-ffi. */
export function openDeno(): Libc {
  if (deno === undefined || !runsInDeno()) throw new Error("Cannot open libc: this is not Deno");
  const { symbols } = load(deno);
  const errno = new deno.UnsafePointerView(symbols.errnoLocation?.());
  return {
    name: "deno",
    call(name: CallName, ...args: Argument[]): number {
      const result = symbols[name]?.(numbers[name], ...args) as number;
      return result === -1 ? -errno.getInt32() : result;
    },
  };
}

const numbers = {} as Record<CallName, number>;

function load(deno: Deno): ReturnType<Deno["dlopen"]> {
  const symbols: Record<string, Symbol> = {
    // int *__errno_location(void)
    errnoLocation: { name: "__errno_location", parameters: [], result: "pointer" },
  };
  for (const name of Object.keys(calls) as CallName[]) {
    numbers[name] = callNumber(name, arch);
    // long syscall(long number, ...)
    const parameters = calls[name].parameters.map((kind) => (kind === "int" ? "i64" : "buffer"));
    symbols[name] = { name: "syscall", parameters: ["i64", ...parameters], result: "i32" };
  }
  try {
    return deno.dlopen("libc.so.6", symbols);
  } catch (cause) {
    // After an interactive prompt Deno looks for the bare name in the working directory.
    throw new Error("Cannot open libc.so.6: run Deno with --allow-ffi", { cause });
  }
}
