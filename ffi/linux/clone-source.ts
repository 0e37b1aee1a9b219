import type { ShareAttributes } from "./attributes.ts";
import * as c from "./constants.ts";
import type { Host } from "./host.ts";
import { type IdMappings, idmapTree } from "./idmap.ts";

/** What is bound, and how. */
export interface Bind extends IdMappings {
  readonly source: string;
  /** With all submounts. */
  readonly recursive: boolean;
  /** OCI's words for attributes. */
  readonly attributes: readonly string[];
}

/**
 * A detached clone of what is at a descriptor, with all its attributes before anybody sees it. The clone is private over its
 * whole tree: otherwise its unmount would unmount the host's own submounts of the source.
 */
export function cloneSource({ sys }: Host, bind: Bind, source: number, attributes: ShareAttributes): number {
  const { top, submounts, idmapped } = attributes;
  const { recursive } = bind;
  const change = recursive ? submounts : top;
  // Without a spread, which takes Node half a microsecond.
  const settings = { attributes: change.attributes, cleared: change.cleared, propagation: c.MS_PRIVATE };
  const tree = sys.clone(source, recursive, settings);
  try {
    const isAlike = top.attributes === submounts.attributes && top.cleared === submounts.cleared;
    if (recursive && !isAlike) sys.set(tree, false, top);
    if (idmapped !== "none") idmapTree(sys, tree, recursive && idmapped === "all", bind);
    return tree;
  } catch (error) {
    sys.close(tree);
    throw error;
  }
}
