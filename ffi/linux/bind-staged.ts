import { Buffer } from "node:buffer";
import { join } from "node:path";
import { NotAtHand } from "./at-hand.ts";
import { attachShare } from "./attach-share.ts";
import { cloneSource } from "./clone-source.ts";
import type { Host } from "./host.ts";
import { idmapTree } from "./idmap.ts";
import { noteOmissions } from "./omissions.ts";
import type { Place } from "./place.ts";
import { removePlaceholder } from "./placeholder.ts";
import { type Asked, checkBelow } from "./same-share.ts";
import type { Source } from "./source.ts";
import type { StagedTree } from "./staged-tree.ts";
import type { Staging } from "./staging.ts";
import { strip } from "./strip.ts";
import { failAfter } from "./syscall-error.ts";
import type { WaitedSources } from "./waited-sources.ts";

/**
 * Attaches a clone of a directory to a placeholder after the mounts below that may not be shared were removed from it;
 * false where this very share is there already.
 */
export async function bindStaged(
  host: Host,
  source: Source,
  asked: Asked,
  { place, staging, waited }: { place: Place; staging: Staging; waited: WaitedSources | undefined },
): Promise<boolean> {
  const { bind, wanted } = asked;
  // A server below the source is asked without the lock, by its path there, and then all of this begins anew.
  const beforeAsking = (relative: string) => {
    const path = join(bind.source, Buffer.from(relative, "latin1").toString());
    if (!waited?.hasAnswered(path)) throw new NotAtHand([path]);
  };
  // What cannot be idmapped may be below, until it is removed.
  const isLater = wanted.idmapped === "all";
  const tree = cloneSource(host, bind, source.fd, isLater ? { ...wanted, idmapped: "none" } : wanted);
  try {
    const staged = staging.attach(tree);
    try {
      noteOmissions(bind, await strip(host, staged, { change: wanted.below, beforeAsking }));
      return await (isLater ? moveIdmapped : move)(host, staged, asked, place);
    } catch (error) {
      failAfter(error, () => staged.clear());
    } finally {
      staged.close();
    }
  } finally {
    host.sys.close(tree);
  }
}

function move(host: Host, staged: StagedTree, asked: Asked, place: Place): Promise<boolean> {
  return attachAndClear(host, staged, staged.fd, asked, place);
}

// Only what was never attached can be idmapped.
async function moveIdmapped(host: Host, staged: StagedTree, asked: Asked, place: Place): Promise<boolean> {
  const tree = host.sys.cloneTree(staged.fd);
  try {
    idmapTree(host.sys, tree, true, asked.bind);
    return await attachAndClear(host, staged, tree, asked, place);
  } finally {
    host.sys.close(tree);
  }
}

async function attachAndClear(
  host: Host,
  staged: StagedTree,
  tree: number,
  asked: Asked,
  place: Place,
): Promise<boolean> {
  const isNew = attachShare(host, place, tree, asked);
  try {
    if (!isNew) await checkBelow(host, place, asked);
    staged.clear();
    return isNew;
  } catch (error) {
    failAfter(error, () => {
      if (!isNew) return;
      host.sys.umount(place.directory, place.name);
      removePlaceholder(host, place);
    });
  }
}
