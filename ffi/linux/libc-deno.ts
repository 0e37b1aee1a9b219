import { callWith } from "./call-with-errno.ts";
import { type CallName, callNumber, calls, type Invoke, invokeWith, type Parameter } from "./calls.ts";
import type { Libc } from "./libc.ts";

// The part of Deno's API that is used here; the package is type checked without Deno's own types.
interface Deno {
  readonly build: { readonly arch: string; readonly os: string };
  readonly pid: number;
  dlopen(path: string, symbols: Record<string, Symbol>): { symbols: Record<string, Syscall<unknown>> };
  UnsafePointerView: new (pointer: unknown) => { getInt32(): number };
}
type Syscall<R = number> = (number: number, ...args: unknown[]) => R;
interface Symbol {
  name: string;
  parameters: readonly string[];
  result: string;
  nonblocking?: boolean;
}

const deno = (globalThis as { Deno?: Deno }).Deno;
const arches: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** Whether this is Deno, and not its shim on Node. */
export function runsInDeno(): boolean {
  return deno !== undefined && "dlopen" in deno;
}

/** What the runtime says of this machine and this process, by Node's words for it. */
export interface OwnProcess {
  readonly arch: string;
  readonly platform: string;
  readonly pid: number;
}

/** What Deno says of its process; undefined elsewhere. */
export const denoProcess: OwnProcess | undefined =
  deno && runsInDeno()
    ? { arch: arches[deno.build.arch] ?? deno.build.arch, platform: deno.build.os, pid: deno.pid }
    : undefined;

// long syscall(long number, ...). What fits in 32 bits goes as such: Deno converts 64 of them by way of a BigInt.
const types: Record<Parameter, string> = { int: "i32", size: "i64", bytes: "buffer" };

/** Libc through `Deno.dlopen`; needs --allow-ffi. */
export function openDeno(): Libc {
  if (deno === undefined || !runsInDeno()) throw new Error("Cannot open libc: this is not Deno");
  // int *__errno_location(void)
  const errnoLocation = load(deno, { name: "__errno_location", parameters: [], result: "pointer" });
  const errno = new deno.UnsafePointerView(errnoLocation(0));
  const settle = (result: number) => (result === -1 ? -errno.getInt32() : result);
  const syscallWith = syscalls(deno);
  let pooled: Syscall<Promise<number>> | undefined;
  const bind = (name: CallName): Invoke => {
    const { parameters } = calls[name];
    return invokeWith(
      syscallWith(parameters),
      callNumber(name, denoProcess?.arch ?? ""),
      parameters.length,
      settle,
    );
  };
  const unmountInPool: Libc["unmountInPool"] = async (path, flags) => {
    const parameters = ["i32", types.bytes, types.int];
    pooled ??= load<Promise<number>>(deno, { name: "syscall", parameters, result: "i32", nonblocking: true });
    return (await pooled(callNumber("umount2", denoProcess?.arch ?? ""), path, flags)) === 0;
  };
  return { name: "deno", call: callWith(bind), unmountInPool };
}

// Deno compiles each function that it is given, for a third of a millisecond: one serves all calls with the same parameters.
function syscalls(deno: Deno): (parameters: readonly Parameter[]) => Syscall {
  const known = new Map<string, Syscall>();
  return (parameters) => {
    const key = parameters.join();
    const syscall =
      known.get(key) ??
      load(deno, {
        name: "syscall",
        parameters: ["i32", ...parameters.map((kind) => types[kind])],
        result: "i32",
      });
    known.set(key, syscall);
    return syscall;
  };
}

function load<R = number>(deno: Deno, symbol: Symbol): Syscall<R> {
  try {
    return deno.dlopen("libc.so.6", { symbol }).symbols.symbol as Syscall<R>;
  } catch (cause) {
    // After an interactive prompt Deno looks for the bare name in the working directory.
    throw new Error("Cannot open libc.so.6: run Deno with --allow-ffi, without a path", { cause });
  }
}
