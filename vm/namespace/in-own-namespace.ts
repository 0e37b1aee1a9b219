import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ownedName } from "../owner/names.ts";
import { findProgram } from "../virtiofsd/find-program.ts";
import { clearKilled } from "./clear-killed.ts";
import { isMachineRoot } from "./machine-root.ts";
import { dyingWithParent, type Ending, endAs, mountNamespaceOf, runAgain } from "./run-again.ts";

// Handed to the inner process: the namespace outside, and a directory for it to mount its scratch space on.
const OUTSIDE = "GUESTSHARE_OUTSIDE_NAMESPACE";
const SCRATCH = "GUESTSHARE_SCRATCH";

/** What a namespace of one's own is for. */
export interface OwnNamespaceOptions {
  /** The directory that shares are opened in, as openShares takes it: what an ordinary user's killed programs left there is removed. */
  readonly directory?: string | undefined;
  /** Gives up before the program is started once more, for a program that listens to signals itself. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs this program's `work` in a mount namespace of its own, an ordinary user's also in a user namespace, with a scratch
 * directory on a tmpfs that goes with it. The caller's namespace is never touched. To get there the program is started once more, with the
 * same command line: call this first, before anything that must not happen twice. What starts the machine belongs into `work`, too.
 *
 * An error of `work` is printed, and the exit code is 1. Where this system gives no namespace, that is said, and what to do.
 *
 * @example
 * ```ts
 * import { inOwnNamespace, openShares } from "guestshare/vm";
 *
 * await inOwnNamespace(async (scratch) => {
 *   const shares = await openShares({ id: "s1", directory: scratch });
 *   await shares.add({ source: ".", target: "/workspace", mode: "ro" });
 *   console.log((await shares.list())[0]?.target); // /workspace
 *   await shares.close();
 * });
 * ```
 */
export async function inOwnNamespace(
  work: (scratch: string) => Promise<void>,
  { directory, signal }: OwnNamespaceOptions = {},
): Promise<void> {
  const outside = process.env[OUTSIDE];
  const scratch = process.env[SCRATCH];
  try {
    if (outside === undefined || scratch === undefined) {
      endAs(await runWithScratch({ directory, signal }));
      return;
    }
    if (outside === mountNamespaceOf("self"))
      throw new Error("Cannot mount here: this is not a namespace of its own");
    // Programs that this one starts are not inside of it by that.
    delete process.env[OUTSIDE];
    delete process.env[SCRATCH];
    mountScratch(scratch);
    await work(scratch);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

/**
 * Runs this program once more in a mount namespace of its own, an ordinary user's also in a user namespace, with the same command line,
 * and gives its exit code. Undefined where this process is that one already, which goes on then.
 *
 * @throws {Error} where this system gives no namespace; it says what to do.
 *
 * @example
 * ```ts
 * import { runInOwnNamespace } from "guestshare/vm";
 *
 * export async function main() {
 *   const ended = await runInOwnNamespace();
 *   if (ended !== undefined) return ended;
 *   console.log("inside");
 *   return 0;
 * }
 * ```
 */
export async function runInOwnNamespace({
  directory,
  signal,
}: OwnNamespaceOptions = {}): Promise<number | undefined> {
  const outside = process.env[OUTSIDE];
  const here = mountNamespaceOf("self");
  delete process.env[OUTSIDE]; // programs that this one starts are not inside of it by that
  if (outside !== undefined && outside !== here) return undefined;
  return (await runInside({ directory, signal })).code;
}

async function runWithScratch(options: OwnNamespaceOptions): Promise<Ending> {
  const scratch = join(tmpdir(), ownedName("scratch"));
  mkdirSync(scratch, { mode: 0o700 });
  return runInside(options, { [SCRATCH]: scratch }).finally(() => rmdirSync(scratch));
}

async function runInside(
  { directory, signal }: OwnNamespaceOptions,
  variables: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  await clearKilled(directory);
  const way = wayInside();
  await new Promise(setImmediate); // a signal may have come meanwhile
  signal?.throwIfAborted();
  return runAgain(way, { ...variables, [OUTSIDE]: mountNamespaceOf("self") });
}

function wayInside(): readonly string[] {
  const mounts = ["--mount", "--propagation", "private"];
  if (isMachineRoot()) return given(["unshare", ...mounts]);
  const asUser = ["unshare", "--user", "--map-root-user"];
  // Groups mapped by newgidmap can be dropped, as QEMU's virtiofsd does; without it most else works.
  const withGroups = [...asUser, "--map-groups=auto", ...mounts];
  const hasMapped = findProgram("newgidmap") !== undefined && trial(withGroups).status === 0;
  return hasMapped ? withGroups : given([...asUser, ...mounts]);
}

function trial([program = "", ...args]: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(program, [...args, ...dyingWithParent, "true"], { encoding: "utf8" });
}

// What fails later is the program's own trouble.
function given(way: readonly string[]): readonly string[] {
  const { error, status, stderr } = trial(way);
  if (error) throw new Error("Cannot start unshare, which util-linux has", { cause: error });
  if (status === 0) return way;
  const hint = !isMachineRoot()
    ? "where this system forbids user namespaces, run as root"
    : "that takes CAP_SYS_ADMIN: run as root of the machine, not of a container";
  throw new Error(`Cannot run in a namespace of its own: ${stderr.trim()} (${hint})`);
}

// It ends with the namespace.
function mountScratch(scratch: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "mode=0700", "guestshare-scratch", scratch]);
}
