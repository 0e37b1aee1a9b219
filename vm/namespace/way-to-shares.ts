import { existsSync, readlinkSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { type ListedSandbox, listSandboxes } from "../../ffi/mod.ts";
import { hostDirOf } from "../shares/default-directory.ts";
import { SharesError } from "../shares/shares-error.ts";
import { isOwnNamespace } from "./own-namespace.ts";
import { exitCodeOf, runAgain } from "./run-again.ts";

// Handed to the program that is run there: a way that leads elsewhere is not gone again and again.
const ENTERED = "GUESTSHARE_ENTERED";

/** Where shares are that somebody opened. */
export interface WayToShares {
  /** The directory that they are in, as openShares takes it. */
  readonly directory: string;
  /** The beginning of a command that is run in their namespaces; empty where this process is in them. */
  readonly command: readonly string[];
}

/**
 * Where the shares of an id are, also in another mount namespace, and how to get there: in the directory that is named or the default
 * one, else in any directory if there is only one of this id; in this namespace before any other. Namespaces of other users are left
 * alone: their files would be run.
 *
 * @throws {SharesError} "not-open" where they are nowhere that this user may look, "not-entered" where they are another user's,
 *   "ambiguous" for several.
 */
export async function wayToShares(id: string, directory?: string): Promise<WayToShares> {
  const hostDir = hostDirOf(id, directory);
  const isAsked = (one: ListedSandbox) => directory === undefined || dirname(one.directory) === hostDir;
  const named = (await listSandboxes({ everywhere: true })).filter((one) => one.id === id && isAsked(one));
  const own = named.filter(({ namespace }) => !namespace || isOwnNamespace(namespace.inode));
  const found = own.filter(isMachine);
  const usual = found.filter((one) => dirname(one.directory) === hostDir);
  const likely = usual.length > 0 ? usual : found;
  const here = likely.filter(({ namespace }) => !namespace);
  const [first, ...others] = here.length > 0 ? here : likely;
  if (!first) throw new SharesError(own.length < named.length ? "not-entered" : "not-open", { id });
  if (others.length > 0) throw new SharesError("ambiguous", { id });
  return { directory: dirname(first.directory), command: commandTo(first) };
}

/**
 * Runs this program once more where shares are, with its own command line and working directory. Gives its exit code.
 *
 * @throws {SharesError} "not-entered" for a program that was run so already, and is elsewhere still.
 */
export async function runThere(id: string, { command }: WayToShares): Promise<number> {
  if (process.env[ENTERED] === id) throw new SharesError("not-entered", { id });
  return exitCodeOf(await runAgain([...command, "env", "-C", process.cwd()], { [ENTERED]: id }));
}

// A sandbox of an agent is no machine of ours.
function isMachine({ hub, namespace }: ListedSandbox): boolean {
  const root = namespace ? `/proc/${namespace.process}/root` : "";
  return hub !== undefined && existsSync(`${root}${hub.target}/.machine`);
}

function commandTo({ namespace }: ListedSandbox): readonly string[] {
  if (!namespace) return [];
  const target = namespace.process;
  const isOfUser = readlinkSync(`/proc/${target}/ns/user`) !== readlinkSync("/proc/self/ns/user");
  const user = isOfUser ? ["--user", "--preserve-credentials"] : [];
  return ["nsenter", `--target=${target}`, ...user, "--mount"];
}
