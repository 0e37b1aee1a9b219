import type { Wanted } from "./attributes.ts";
import * as c from "./constants.ts";
import type { Host } from "./host.ts";
import { type IdMappings, idmapTree } from "./idmap.ts";

/** What is bound, and how. */
export interface Bind extends IdMappings {
  readonly source: string;
  /** With all mounts below it. */
  readonly recursive: boolean;
  /** OCI's words for attributes. */
  readonly attributes: readonly string[];
}

/**
 * A detached clone of what is at a descriptor, with all its attributes: nobody sees it before. It is private over its whole
 * tree: otherwise its unmount would take the host's own mounts below the source with it.
 */
export function cloneSource({ sys }: Host, bind: Bind, source: number, wanted: Wanted): number {
  const { top, below, idmapped } = wanted;
  const { recursive } = bind;
  // Without a spread, which takes Node half a microsecond.
  const { attributes, cleared } = recursive ? below : top;
  const tree = sys.clone(source, recursive, { attributes, cleared, propagation: c.MS_PRIVATE });
  try {
    const isAlike = top.attributes === below.attributes && top.cleared === below.cleared;
    if (recursive && !isAlike) sys.set(tree, false, top);
    if (idmapped !== "none") idmapTree(sys, tree, recursive && idmapped === "all", bind);
    return tree;
  } catch (error) {
    sys.close(tree);
    throw error;
  }
}
