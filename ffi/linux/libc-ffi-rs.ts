import { Buffer } from "node:buffer";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, rmdirSync, unlinkSync } from "node:fs";
import { arch } from "node:process";
import { isMainThread } from "node:worker_threads";
import type { DataType, FFIParams } from "ffi-rs";
import { type Argument, type CallName, callNumber, calls, type Invoke } from "./calls.ts";
import { AT_FDCWD, AT_REMOVEDIR } from "./constants.ts";
import type { Libc } from "./libc.ts";

const SLASH = "/".charCodeAt(0);

type FfiRs = typeof import("ffi-rs");

/**
 * Libc through ffi-rs, which is what Node installs with this package. A call takes it some microseconds, so those that
 * Node has itself go through Node.
 */
export async function openFfiRs(): Promise<Libc> {
  const ffi = await import("ffi-rs");
  ffi.open({ library: "libc", path: "" }); // the main program, which has libc in it
  if (!isMainThread) keepLoaded(ffi);
  const addressOf = findAddresses(ffi);
  const functions = {} as Record<CallName, Invoke>;
  for (const name of Object.keys(calls) as CallName[]) functions[name] = bindCall(ffi, name, addressOf);
  throughNodeWhereItCan(functions);
  return { name: "ffi-rs", call: (name, a, b, c, d, e) => functions[name](a, b, c, d, e) };
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
function keepLoaded(ffi: FfiRs): void {
  const [library] = readFileSync("/proc/self/maps", "utf8").match(/\/.*\/ffi-rs\..*\.node$/m) ?? [];
  if (library === undefined) return;
  const types = ffi.DataType;
  ffi.load({
    library: "libc",
    funcName: "dlopen",
    retType: types.I64,
    paramsType: [types.String, types.I32],
    paramsValue: [library, RTLD_NOW | RTLD_NODELETE],
  });
}

// Where bytes are: memmove gives its first argument back. They stay there as long as their object lives, and nearly all
// that our calls are given are a few objects that live long.
function findAddresses(ffi: FfiRs): (bytes: Uint8Array) => number {
  const { I64, U8Array } = ffi.DataType;
  const known = new WeakMap<Uint8Array, number>();
  return (bytes) => {
    const found = known.get(bytes);
    if (found !== undefined) return found;
    const address = ffi.load<DataType.I64>({
      library: "libc",
      funcName: "memmove",
      retType: I64,
      paramsType: [U8Array, U8Array, I64],
      paramsValue: [bytes, bytes, 0],
    });
    known.set(bytes, address);
    return address;
  };
}

function throughNodeWhereItCan(functions: Record<CallName, Invoke>): void {
  const { mkdirat, unlinkat, openat } = functions;
  functions.read = (fd, bytes, length) =>
    throughNode(() => readSync(fd as number, bytes as Uint8Array, 0, length as number, null));
  functions.mkdirat = below(mkdirat, (path, mode) => mkdirSync(path, mode));
  functions.unlinkat = below(unlinkat, (path, flags) =>
    flags === AT_REMOVEDIR ? rmdirSync(path) : unlinkSync(path),
  );
  // In a worker thread Node keeps a list of its descriptors, and prints a warning for each that it closes and has not opened.
  if (!isMainThread) return;
  functions.close = (fd) => throughNode(() => closeSync(fd as number));
  functions.openat = below(openat, (path, flags, mode) => openSync(path, flags, mode));
}

// Node has no calls that take a directory's descriptor, and /proc has a path for each.
function below(invoke: Invoke, call: (path: Buffer, c: number, d: number) => unknown): Invoke {
  return (directory, name, c, d) => {
    const bytes = name as Uint8Array;
    const path = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.indexOf(0));
    const isName = path.length > 0 && path[0] !== SLASH;
    if (directory !== AT_FDCWD && !isName) return invoke(directory, name, c, d);
    const whole =
      directory === AT_FDCWD ? path : Buffer.concat([Buffer.from(`/proc/self/fd/${directory}/`), path]);
    return throughNode(() => call(whole, c as number, d as number));
  };
}

function throughNode(call: () => unknown): number {
  try {
    const result = call();
    return typeof result === "number" ? result : 0;
  } catch (error) {
    return (error as { errno: number }).errno; // negative, as the kernel gave it
  }
}
