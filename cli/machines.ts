import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../mod.ts";
import type { CommonOptions } from "./command.ts";
import { defaultHostDir, namedHostDir } from "./host-dir.ts";
import type { Io } from "./io.ts";
import { machineHostDirs } from "./machine-dirs.ts";

// Virtual machines that `guestshare/vm` or `guestshare run` has, which are in other directories than Kata's sandboxes.

/**
 * The machine that the options name: in the directory that they name, or in one of those of machines, if Kata's has no sandbox of this id.
 * Undefined where there is none.
 */
export function machineNamed(io: Io, id: string, options: CommonOptions): Sandbox | undefined {
  const named = namedHostDir(io, options);
  if (named !== undefined) return isMachine(named, id);
  if (existsSync(join(defaultHostDir(), id))) return undefined;
  const found = machineHostDirs(io).find((directory) => existsSync(join(directory, id)));
  return found === undefined ? undefined : { id, profile: "vm", hostDir: found };
}

function isMachine(hostDir: string, id: string): Sandbox | undefined {
  const sandbox = { id, profile: "vm", hostDir } as const;
  return existsSync(join(hostDir, id, "mounts/.machine")) ? sandbox : undefined;
}

/** The machine's sandbox, or the exit code of this command, which another mount namespace ran. */
export type MachineHere = { readonly sandbox: Sandbox } | { readonly exitCode: number };

/**
 * The machine that the options name, in whichever mount namespace: this command is run again in another one, once. Undefined where no
 * machine has this id, or a sandbox of Kata's has it.
 *
 * @throws {SharesError} where several machines have it.
 */
export async function machineOf(io: Io, options: CommonOptions): Promise<MachineHere | undefined> {
  const { id } = options;
  if (id === undefined) return undefined;
  const named = namedHostDir(io, options);
  const sandbox = machineNamed(io, id, options);
  if (sandbox && isMachine(sandbox.hostDir ?? "", id)) return { sandbox };
  if (named === undefined && existsSync(join(defaultHostDir(), id, "mounts"))) return undefined;
  const vm = await import("../vm/mod.ts");
  const way = await vm.wayToShares(id, named).catch((error: unknown) => {
    if (error instanceof vm.SharesError && error.code === "not-open") return undefined;
    throw error;
  });
  if (!way) return undefined;
  if (way.command.length > 0) return { exitCode: await vm.runThere(id, way) };
  return { sandbox: { id, profile: "vm", hostDir: way.directory } };
}
