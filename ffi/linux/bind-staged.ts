import { Buffer } from "node:buffer";
import { join } from "node:path";
import { attachShare, checkSubmounts, cloneSource, noteOmissions, type WantedShare } from "./attach-share.ts";
import { NotAtHand } from "./cached-source.ts";
import type { Host } from "./host.ts";
import { idmapTree } from "./idmap.ts";
import type { Place } from "./names.ts";
import { strip } from "./omit-submounts.ts";
import { removePlaceholder } from "./placeholder.ts";
import type { Source } from "./source.ts";
import type { StagedTree, Staging } from "./staging.ts";
import { failAfter } from "./syscall-error.ts";
import type { WaitedSources } from "./waited-sources.ts";

/**
 * Attaches a clone of a directory to a placeholder, after the submounts that may not be shared were removed from the clone;
 * false where this very share is there already.
 */
export async function bindStaged(
  host: Host,
  source: Source,
  wanted: WantedShare,
  { place, staging, waited }: { place: Place; staging: Staging; waited: WaitedSources | undefined },
): Promise<boolean> {
  const { bind, attributes } = wanted;
  // A server below the source is asked without the lock, by its path there, and then the call begins anew.
  const beforeAsking = (relative: string) => {
    const path = join(bind.source, Buffer.from(relative, "latin1").toString());
    if (!waited?.hasAnswered(path)) throw new NotAtHand([path]);
  };
  // A submount that cannot be idmapped may be among those that are removed first.
  const isLater = attributes.idmapped === "all";
  const tree = cloneSource(host, bind, source.fd, isLater ? { ...attributes, idmapped: "none" } : attributes);
  try {
    const staged = staging.attach(tree);
    try {
      noteOmissions(bind, await strip(host, staged, { change: attributes.submounts, beforeAsking }));
      return await (isLater ? moveIdmapped : move)(host, staged, wanted, place);
    } catch (error) {
      failAfter(error, () => staged.clear());
    } finally {
      staged.close();
    }
  } finally {
    host.sys.close(tree);
  }
}

function move(host: Host, staged: StagedTree, wanted: WantedShare, place: Place): Promise<boolean> {
  return attachAndClear(host, staged, staged.fd, wanted, place);
}

// Only a tree that was never attached can be idmapped.
async function moveIdmapped(
  host: Host,
  staged: StagedTree,
  wanted: WantedShare,
  place: Place,
): Promise<boolean> {
  const tree = host.sys.cloneTree(staged.fd);
  try {
    idmapTree(host.sys, tree, true, wanted.bind);
    return await attachAndClear(host, staged, tree, wanted, place);
  } finally {
    host.sys.close(tree);
  }
}

async function attachAndClear(
  host: Host,
  staged: StagedTree,
  tree: number,
  wanted: WantedShare,
  place: Place,
): Promise<boolean> {
  const isNew = attachShare(host, place, tree, wanted);
  try {
    if (!isNew) await checkSubmounts(host, place, wanted);
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
