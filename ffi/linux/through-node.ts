import { Buffer } from "node:buffer";
import type { CallName, Invoke } from "./calls.ts";
import { AT_FDCWD, AT_REMOVEDIR } from "./constants.ts";

/** Node's own calls about files. */
export type Fs = typeof import("node:fs");

const SLASH = "/".charCodeAt(0);

/** A call through Node where Node has it, else `invoke` itself. */
export function throughNode(name: CallName, invoke: Invoke, fs: Fs, isMainThread: boolean): Invoke {
  switch (name) {
    case "read":
      return (fd, bytes, length) =>
        resultOf(() => fs.readSync(fd as number, bytes as Uint8Array, 0, length as number, null));
    case "mkdirat":
      return below(invoke, (path, mode) => fs.mkdirSync(path, mode));
    case "unlinkat":
      return below(invoke, (path, flags) =>
        flags === AT_REMOVEDIR ? fs.rmdirSync(path) : fs.unlinkSync(path),
      );
    // In a worker thread Node keeps a list of its descriptors, and prints a warning for each that it closes and has not opened.
    case "close":
      return isMainThread ? (fd) => resultOf(() => fs.closeSync(fd as number)) : invoke;
    case "openat":
      return isMainThread ? below(invoke, (path, flags, mode) => fs.openSync(path, flags, mode)) : invoke;
    default:
      return invoke;
  }
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
    return resultOf(() => call(whole, c as number, d as number));
  };
}

function resultOf(call: () => unknown): number {
  try {
    const result = call();
    return typeof result === "number" ? result : 0;
  } catch (error) {
    return (error as { errno: number }).errno; // negative, as the kernel gave it
  }
}
