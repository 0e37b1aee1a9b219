import type { Libc, LibcName } from "../../ffi/mod.ts";
import { bad, type Check, note, ok } from "./check.ts";

const engines: readonly LibcName[] = ["koffi", "ffi-rs"];

/** The way to libc, and what there is to say about it. */
export async function checkEngine(
  chosen: LibcName | undefined,
): Promise<{ readonly libc?: Libc; readonly check: Check }> {
  const { openLibc } = await import("../../ffi/mod.ts");
  try {
    const libc = await openLibc(chosen);
    return { libc, check: await checkOf(libc, openLibc) };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return { check: bad("engine", found, "npm install koffi, or on Deno run it with --allow-ffi") };
  }
}

async function checkOf(libc: Libc, open: (name: LibcName) => Promise<Libc>): Promise<Check> {
  if (libc.name === "deno") return ok("engine", "Deno's own");
  if (libc.name === "ffi-rs" && !(await isThere("koffi", open)))
    return note("engine", "ffi-rs", "npm install koffi: its calls take a seventh of the time");
  const others = [];
  for (const name of engines) if (name !== libc.name && (await isThere(name, open))) others.push(name);
  return ok("engine", others.length > 0 ? `${libc.name}; ${others.join()} is there, too` : libc.name);
}

async function isThere(name: LibcName, open: (name: LibcName) => Promise<Libc>): Promise<boolean> {
  return open(name).then(
    () => true,
    () => false,
  );
}
