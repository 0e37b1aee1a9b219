import type { MachineShares, RunOptions, Shares } from "../../vm/mod.ts";
import type { GivenDirectory } from "./given.ts";
import type { RequestedShare } from "./options.ts";

/** A directory that is shared with a machine, and what that means for the machine and its command. */
export interface PlacedDirectory {
  readonly shares: MachineShares;
  /** The machine's root. */
  readonly root?: string;
  /** Where the command runs. */
  readonly place: RunOptions;
  /** The command where none is named. */
  readonly command: readonly string[];
}

/** Shares a directory as what it is, and everything else in its place. */
export async function placeDirectory(
  shares: Shares,
  { path, kind }: GivenDirectory,
  requested: readonly RequestedShare[],
): Promise<PlacedDirectory> {
  if (kind === "bundle") {
    const container = await shares.addContainer(path);
    for (const share of requested) await container.add(share);
    return { shares, place: { in: container }, command: container.process.args };
  }
  for (const share of requested) await shares.add(share);
  if (kind === "work") {
    if (!requested.some(({ target }) => target === WORK))
      await shares.add({ source: path, target: WORK, mode: "rw" });
    return { shares, place: { cwd: WORK }, command: ["sh"] };
  }
  const { inGuest } = await shares.add({ source: path, target: ROOT, mode: "ro" });
  return { shares: withoutRoot(shares), root: inGuest, place: {}, command: ["sh"] };
}

const WORK = "/work";

// Such a share is no mount of the guest's, but the layer below its root.
const ROOT = "/.root";

function withoutRoot(shares: Shares): MachineShares {
  const { tag, directory } = shares;
  const guestMounts = async () => (await shares.guestMounts()).filter(({ target }) => target !== ROOT);
  return { tag, directory, guestMounts, follow: (signal) => shares.follow(signal) };
}
