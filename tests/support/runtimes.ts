import { dirname, join, sep } from "node:path";
import { env, execPath, versions } from "node:process";
import { fileURLToPath } from "node:url";
import { type Libc, type LibcName, openLibc } from "../../ffi/mod.ts";

export type Runtime = "node" | "deno";

/** The runtime of this test. */
export const ownRuntime: Runtime = "deno" in versions ? "deno" : "node";

/** The way to libc that tests wrap, which is the one that is used where none is named: a part of the run is without koffi. */
export const libc: Libc = await openLibc();

/** Every way to libc that this runtime has. */
export const libcNames: readonly LibcName[] =
  libc.name === "koffi" ? ["ffi-rs", "koffi"] : [libc.name as LibcName];

/** The command that runs a program of `tests/support/programs` in a runtime, the test's own if none is named. */
export function commandOf(program: string, runtime: Runtime = ownRuntime): [string, ...string[]] {
  if (runtime === "deno") {
    return [
      ownRuntime === "deno" ? execPath : (env.GUESTSHARE_TEST_DENO ?? ""),
      "run",
      "-A",
      "--no-check",
      join(root, "tests/support/programs", `${program}.ts`),
    ];
  }
  return [
    ownRuntime === "node" ? execPath : (env.GUESTSHARE_TEST_NODE ?? ""),
    join(root, "dist/tests/support/programs", `${program}.js`),
  ];
}

/** The runtimes that can be paired with this one; Node needs an installed Deno for that. */
export const runtimes: readonly Runtime[] =
  ownRuntime === "deno" || (env.GUESTSHARE_TEST_DENO ?? "") !== "" ? ["node", "deno"] : ["node"];

const root = rootOf(dirname(fileURLToPath(import.meta.url)));

// tests/support, or dist/tests/support where tsc put it
function rootOf(directory: string): string {
  return directory.replace(`${sep}dist${sep}tests${sep}support`, "").replace(`${sep}tests${sep}support`, "");
}
