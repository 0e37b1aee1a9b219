import type { DataType, FFIParams } from "ffi-rs";
import { type Argument, type CallName, callNumber, calls, type Invoke } from "./calls.ts";
import type { Libc } from "./libc.ts";
import { arch } from "./process.ts";
import { type Fs, throughNode } from "./through-node.ts";

type FfiRs = typeof import("ffi-rs");
type CreateRequire = typeof import("node:module").createRequire;

/**
 * Libc through ffi-rs, which is what Node installs with this package. A call takes it some microseconds, so those that
 * Node has itself go through Node.
 */
export async function openFfiRs(): Promise<Libc> {
  const { createRequire } = await import("node:module");
  const require = createRequire(import.meta.url);
  const ffi = loadNative(createRequire, require) ?? (await import("ffi-rs"));
  // Not imported: Node's modules are there already, and get a wrapper for imports first.
  const fs: Fs = require("node:fs");
  const { isMainThread } = require("node:worker_threads") as typeof import("node:worker_threads");
  ffi.open({ library: "libc", path: "" }); // the main program, which has libc in it
  if (!isMainThread) keepLoaded(ffi, fs);
  const addressOf = findAddresses(ffi);
  const functions: Partial<Record<CallName, Invoke>> = {};
  return {
    name: "ffi-rs",
    call: (name, a, b, c, d, e) => {
      functions[name] ??= throughNode(name, bindCall(ffi, name, addressOf), fs, isMainThread);
      return functions[name](a, b, c, d, e);
    },
  };
}

// The package's library by itself: its module asks Node for a report of the whole process, to know which libc this is. Undefined
// where the library is elsewhere, as in a program that was bundled, or is for another libc.
function loadNative(createRequire: CreateRequire, { resolve }: NodeJS.Require): FfiRs | undefined {
  try {
    return createRequire(resolve("ffi-rs"))(`@yuuang/ffi-rs-linux-${arch}-gnu`);
  } catch {
    return undefined;
  }
}

// long syscall(long number, ...). An address is a number too, and as one it costs a third of what an array costs. A call is
// over when it returns, so that one object serves all calls of a name.
function bindCall(ffi: FfiRs, name: CallName, addressOf: (bytes: Uint8Array) => number): Invoke {
  const { I32, I64 } = ffi.DataType;
  const { length } = calls[name].parameters;
  const values = [callNumber(name, arch), ...new Array<number>(length).fill(0)];
  const call: FFIParams<DataType.I32> = {
    library: "libc",
    funcName: "syscall",
    retType: I32,
    paramsType: new Array(1 + length).fill(I64),
    paramsValue: values,
    freeResultMemory: false,
  };
  const callWithErrno: FFIParams<DataType.I32, true> = { ...call, errno: true };
  const toNumber = (argument: Argument) =>
    typeof argument === "number" ? argument : argument ? addressOf(argument) : 0;
  return (a, b, c, d, e) => {
    if (length > 0) values[1] = toNumber(a);
    if (length > 1) values[2] = toNumber(b);
    if (length > 2) values[3] = toNumber(c);
    if (length > 3) values[4] = toNumber(d);
    if (length > 4) values[5] = toNumber(e);
    // A descriptor is closed even where close fails, and its number may be another file's by then.
    const result = name === "close" ? -1 : ffi.load<DataType.I32>(call);
    if (result !== -1) return result;
    // Asking for errno costs a microsecond, so it is asked only of a call that failed. That one changed nothing, and is
    // made again.
    const { value, errnoCode } = ffi.load<DataType.I32, true>(callWithErrno);
    return value === -1 ? -errnoCode : value;
  };
}

const RTLD_NOW = 0x2;
const RTLD_NODELETE = 0x1000;

// Node closes the library of a package with the last thread that loaded it. Of ffi-rs's Rust, something is called after
// that, when the thread itself ends: a worker thread that was the only one to use it took the whole process along (SIGSEGV).
function keepLoaded(ffi: FfiRs, { readFileSync }: Fs): void {
  const [library] = readFileSync("/proc/self/maps", "utf8").match(/\/.*\/ffi-rs\..*\.node$/m) ?? [];
  if (library === undefined) return;
  const types = ffi.DataType;
  ffi.load({
    library: "libc",
    funcName: "dlopen",
    retType: types.I64,
    paramsType: [types.String, types.I32],
    paramsValue: [library, RTLD_NOW | RTLD_NODELETE],
    freeResultMemory: false,
  });
}

// Where bytes are: memmove gives its first argument back. They stay there as long as their object lives, and nearly all
// that our calls are given are a few objects that live long.
function findAddresses(ffi: FfiRs): (bytes: Uint8Array) => number {
  const { I64, U8Array } = ffi.DataType;
  // As the package's module passes arrays on; its types do not have the tag.
  const { Array: ARRAY } = ffi.FFITypeTag as unknown as { Array: number };
  const arrayOf = ({ length }: Uint8Array) =>
    ({ ffiTypeTag: ARRAY, type: U8Array, length }) as unknown as DataType;
  const known = new WeakMap<Uint8Array, number>();
  return (bytes) => {
    const found = known.get(bytes);
    if (found !== undefined) return found;
    const address = ffi.load<DataType.I64>({
      library: "libc",
      funcName: "memmove",
      retType: I64,
      paramsType: [arrayOf(bytes), arrayOf(bytes), I64],
      paramsValue: [bytes, bytes, 0],
      freeResultMemory: false,
    });
    known.set(bytes, address);
    return address;
  };
}
