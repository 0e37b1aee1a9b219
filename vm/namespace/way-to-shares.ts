import { readlinkSync } from "node:fs";
import { dirname } from "node:path";
import { type ListedSandbox, listSandboxes } from "../../ffi/mod.ts";
import { loadSync } from "../../mod.ts";
import { sandboxOf } from "../shares/default-directory.ts";
import { SharesError } from "../shares/shares-error.ts";

/** Where shares are that somebody opened. */
export interface WayToShares {
  /** The directory that they are in, as openShares takes it. */
  readonly directory: string;
  /** The beginning of a command that is run in their namespaces; empty where this process is in them. */
  readonly command: readonly string[];
}

/**
 * Where the shares of an id are, also in another mount namespace, and how to get there: in the directory that is named or the default
 * one, else in any directory if there is only one of this id.
 *
 * @throws {SharesError} "not-open" where they are nowhere that this user may look, "ambiguous" for several.
 */
export async function wayToShares(id: string, directory?: string): Promise<WayToShares> {
  const hostDir = hostDirOf(id, directory);
  const found = (await listSandboxes({ everywhere: true })).filter(
    (one) => one.id === id && one.layout === "guestshare" && one.view,
  );
  const usual = found.filter((one) => dirname(one.directory) === hostDir);
  const likely = usual.length > 0 || directory !== undefined ? usual : found;
  const [first, ...others] = likely;
  if (!first) throw new SharesError("not-open", { id });
  if (others.length > 0) throw new SharesError("ambiguous", { id });
  return { directory: dirname(first.directory), command: commandTo(first) };
}

// An ordinary user may have no default.
function hostDirOf(id: string, directory: string | undefined): string | undefined {
  try {
    const sandbox = sandboxOf(id, directory);
    return dirname(loadSync().plan({ op: "cleanup", sandbox }).directory);
  } catch (error) {
    if (error instanceof SharesError) return undefined;
    throw error;
  }
}

function commandTo({ namespace }: ListedSandbox): readonly string[] {
  if (!namespace) return [];
  const { process } = namespace;
  const isOfUser = readlinkSync(`/proc/${process}/ns/user`) !== readlinkSync("/proc/self/ns/user");
  const user = isOfUser ? ["--user", "--preserve-credentials"] : [];
  return ["nsenter", `--target=${process}`, ...user, "--mount"];
}
