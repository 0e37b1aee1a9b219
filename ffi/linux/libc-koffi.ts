import { callWith } from "./call-with-errno.ts";
import { type CallName, callNumber, calls, type Invoke, invokeWith, type Parameter } from "./calls.ts";
import type { Libc } from "./libc.ts";
import { arch } from "./process.ts";

type Koffi = typeof import("koffi");

// long syscall(long number, ...)
const types: Record<Parameter, string> = { int: "int", size: "size_t", bytes: "void *" };

/** Libc through koffi, an optional package: a call costs a tenth of what it costs through ffi-rs. */
export async function openKoffi(): Promise<Libc> {
  const koffi = (await loadNative()) ?? (await loadPackage());
  const libc = koffi.load(null);
  const settle = (result: number) => (result === -1 ? -koffi.errno() : result);
  const bind = (name: CallName): Invoke => {
    const { parameters } = calls[name];
    const syscall = libc.func("syscall", "int", ["long", ...parameters.map((kind) => types[kind])]);
    return invokeWith(syscall, callNumber(name, arch), parameters.length, settle);
  };
  const pooled = lazily(() => libc.func("syscall", "int", ["long", types.bytes, types.int]));
  const unmountInPool: Libc["unmountInPool"] = (path, flags) =>
    new Promise((resolve) => {
      const settle = (_: unknown, result: number) => resolve(result === 0);
      pooled().async(callNumber("umount2", arch), path, flags, settle);
    });
  return { name: "koffi", call: callWith(bind), unmountInPool };
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

// The package's library by itself: its modules take twice as long to load, and add nothing that is used here. Undefined where
// it is elsewhere, as in a program that was bundled, or is for another libc.
async function loadNative(): Promise<Koffi | undefined> {
  const { createRequire } = await import("node:module");
  try {
    const { resolve } = createRequire(import.meta.url);
    const library = `@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`;
    return createRequire(resolve("koffi"))(library) as Koffi;
  } catch {
    return undefined;
  }
}

async function loadPackage(): Promise<Koffi> {
  const { default: koffi } = await import("koffi").catch((cause) => {
    throw new Error("Cannot open libc by koffi: run npm install koffi", { cause });
  });
  return koffi as unknown as Koffi;
}
