import { accessSync, constants, readdirSync, readFileSync, realpathSync } from "node:fs";
import type { NamespaceError } from "../ffi/mod.ts";
import { type Finding, readMountinfo, recognise } from "../table/mod.ts";
import type { CommonOptions } from "./command.ts";
import { libcOf } from "./engine.ts";
import { failureOf } from "./explain.ts";
import { hostDirsOf } from "./host-dir.ts";
import type { Io } from "./io.ts";
import { openShare } from "./open-share.ts";

/** A sandbox that lives in another mount namespace. */
export interface SandboxElsewhere {
  readonly id: string;
  /** Where it lives, and by which command something is run there. */
  readonly where: string;
}

/** What a directory of sandboxes has beside those that have a mount here. */
export interface Unmounted {
  /** For each directory that is left of a sandbox: what an audit says of it. */
  readonly leftOver: readonly Finding[];
  readonly elsewhere: readonly SandboxElsewhere[];
}

/** Looks at directories of sandboxes in which nothing is mounted here: in the directory that the options name, or the default. */
export async function unmountedIn(io: Io, options: CommonOptions): Promise<Unmounted> {
  const all = hostDirsOf(io, { ...options, quiet: true }).map((hostDir) =>
    unmountedInOne(io, hostDir, options),
  );
  const found = await Promise.all(all);
  return {
    leftOver: found.flatMap(({ leftOver }) => leftOver),
    elsewhere: found.flatMap(({ elsewhere }) => elsewhere),
  };
}

async function unmountedInOne(io: Io, named: string, options: CommonOptions): Promise<Unmounted> {
  const hostDir = realHostDir(named);
  const names = hostDir === undefined ? [] : namesWithoutMounts(hostDir);
  const ids = names.filter((name) => options.id === undefined || name === options.id);
  if (hostDir === undefined || ids.length === 0) return { leftOver: [], elsewhere: [] };
  const { audit } = await import("../ffi/mod.ts");
  const findings = await audit({ hostDir, ...(await libcOf(options)) });
  const leftOver = findings.filter(({ code, sandbox }) => code === "empty-sandbox" && ids.includes(sandbox));
  const known = new Set(leftOver.map(({ sandbox }) => sandbox));
  const elsewhere: SandboxElsewhere[] = [];
  for (const id of ids.filter((one) => !known.has(one)))
    elsewhere.push(...(await homeOf(io, id, { ...options, hostDir })));
  return { leftOver, elsewhere };
}

// Undefined where it is not there, or not for this user's eyes.
function realHostDir(named: string): string | undefined {
  try {
    const hostDir = realpathSync(named);
    accessSync(hostDir, constants.R_OK | constants.X_OK);
    return hostDir;
  } catch {
    return undefined;
  }
}

function namesWithoutMounts(hostDir: string): string[] {
  const { mounts } = readMountinfo(readFileSync("/proc/self/mountinfo"));
  const mounted = new Set(recognise(mounts, { hostDir }).map(({ id }) => id));
  const entries = readdirSync(hostDir, { withFileTypes: true });
  return entries.filter((one) => one.isDirectory() && !mounted.has(one.name)).map(({ name }) => name);
}

// Nothing where the sandbox lives here, or is none.
async function homeOf(
  io: Io,
  id: string,
  options: CommonOptions & { hostDir: string },
): Promise<SandboxElsewhere[]> {
  try {
    await (await openShare(io, { id, hostDir: options.hostDir }, options)).plan("prepare");
    return [];
  } catch (error) {
    const { cause } = error as { cause?: NamespaceError };
    if (cause?.name !== "NamespaceError") return [];
    const { namespace } = cause;
    const resident = cause.process === undefined ? "" : ` (process ${cause.process})`;
    return [{ id, where: `mount namespace ${namespace}${resident}; ${failureOf(error).next}` }];
  }
}
