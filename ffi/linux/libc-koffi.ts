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
  const functions = new Map<string, ReturnType<typeof libc.func>>();
  // One for all calls with the same parameters.
  const syscallWith = (parameters: readonly Parameter[]) => {
    const key = parameters.join();
    const syscall =
      functions.get(key) ?? libc.func("syscall", "int", ["long", ...parameters.map((kind) => types[kind])]);
    functions.set(key, syscall);
    return syscall;
  };
  const bind = (name: CallName): Invoke => {
    const { parameters } = calls[name];
    return invokeWith(syscallWith(parameters), callNumber(name, arch), parameters.length, settle);
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

// The package's library by itself: its modules take twice as long to load, and add nothing that is used here. It is a package of its
// own, which koffi sees, and mostly this one, too. Undefined where it is elsewhere, as in a program that was bundled, or is for another
// libc.
async function loadNative(): Promise<Koffi | undefined> {
  const { createRequire } = await import("node:module");
  const library = `@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`;
  const require = createRequire(import.meta.url);
  for (const requireFrom of [() => require, () => createRequire(require.resolve("koffi"))]) {
    try {
      return requireFrom()(library) as Koffi;
    } catch {}
  }
  return undefined;
}

async function loadPackage(): Promise<Koffi> {
  const { default: koffi } = await import("koffi").catch((cause) => {
    throw new Error("Cannot open libc by koffi: run npm install koffi", { cause });
  });
  return koffi as unknown as Koffi;
}
