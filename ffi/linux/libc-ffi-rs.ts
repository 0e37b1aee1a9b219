import { Buffer } from "node:buffer";
import { closeSync, openSync } from "node:fs";
import { arch } from "node:process";
import type { DataType, FFIParams } from "ffi-rs";
import { type Argument, type CallName, callNumber, calls, type Invoke, invokeWith } from "./calls.ts";
import { AT_FDCWD } from "./constants.ts";
import { errnoOf } from "./errno.ts";
import type { Libc } from "./libc.ts";

type FfiRs = typeof import("ffi-rs");

/**
 * Libc through ffi-rs, which is what Node installs with this package. A call takes it some microseconds, so the two that
 * Node has itself go through Node.
 */
export async function openFfiRs(): Promise<Libc> {
  const ffi = await import("ffi-rs");
  ffi.open({ library: "libc", path: "" }); // the main program, which has libc in it
  const functions = {} as Record<CallName, Invoke>;
  for (const name of Object.keys(calls) as CallName[]) functions[name] = bindCall(ffi, name);
  const { openat } = functions;
  functions.close = (fd) => throughNode(() => closeNode(fd as number));
  functions.openat = (a, b, c, d) => (a === AT_FDCWD ? openPath(b, c, d) : openat(a, b, c, d));
  return { name: "ffi-rs", call: (name, a, b, c, d, e) => functions[name](a, b, c, d, e) };
}

function bindCall(ffi: FfiRs, name: CallName): Invoke {
  const { I32, I64, U8Array } = ffi.DataType;
  const { parameters } = calls[name];
  const paramsType = [I64, ...parameters.map((kind) => (kind === "bytes" ? U8Array : I64))];
  const number = callNumber(name, arch);
  const load = (...paramsValue: unknown[]) => {
    // long syscall(long number, ...); a null pointer goes as the number 0
    const call: FFIParams<DataType.I32> = {
      library: "libc",
      funcName: "syscall",
      retType: I32,
      paramsType: paramsValue.includes(null)
        ? paramsType.map((type, i) => (paramsValue[i] === null ? I64 : type))
        : paramsType,
      paramsValue: paramsValue.includes(null) ? paramsValue.map((value) => value ?? 0) : paramsValue,
    };
    const result = ffi.load<DataType.I32>(call);
    if (result !== -1) return result;
    // Asking for errno costs a microsecond, so it is asked only of a call that failed. That one changed nothing, and is
    // made again.
    const again = ffi.load<DataType.I32, true>({ ...call, errno: true });
    return again.value === -1 ? -again.errnoCode : again.value;
  };
  return invokeWith(load, number, parameters.length, (result) => result);
}

function openPath(path?: Argument, flags?: Argument, mode?: Argument): number {
  const bytes = path as Uint8Array;
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.indexOf(0));
  return throughNode(() => openSync(name, flags as number, mode as number));
}

function closeNode(fd: number): number {
  closeSync(fd);
  return 0;
}

function throughNode(call: () => number): number {
  try {
    return call();
  } catch (error) {
    return -errnoOf((error as { code: string }).code);
  }
}
