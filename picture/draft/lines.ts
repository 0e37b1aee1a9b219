import type { Draft } from "./draft.ts";
import type { PathNode, PathTree } from "./path-tree.ts";

/** A directory above several rows, in a tree of paths. */
export interface DirectoryLine {
  readonly tree: PathTree<Draft>;
  /** The id of the row that the tree belongs to. */
  readonly owner: string;
  /** The names since the last row above. */
  readonly text: string;
  /** The path from where the tree begins. */
  readonly directory: string;
}

type DrawDirectory = (directory: DirectoryLine) => Draft;

/** A node of a tree of paths that is yet to be written. */
interface PendingNode extends DirectoryLine {
  readonly node: PathNode<Draft>;
  readonly depth: number;
}

type Pending = Draft | PendingNode;

/**
 * The rows with all that is below them, in order, each with its depth and with the label that it has there. A directory gets a line of
 * its own if several rows are below it and none is at it; chains of directories are one label. It keeps a stack of its own, as a path
 * may have any number of names.
 */
export function linesOf(drafts: readonly Draft[], depth: number, drawn: DrawDirectory): Draft[] {
  const lines: Draft[] = [];
  const pending: Pending[] = [];
  pushDrafts(drafts, depth, pending);
  for (let next = pending.pop(); next; next = pending.pop()) {
    if ("node" in next) pushNode(next, lines, pending, drawn);
    else {
      lines.push(next);
      pushBelow(next, pending);
    }
  }
  return lines;
}

// The last one first: what is pushed last comes next.
function pushDrafts(drafts: readonly Draft[], depth: number, pending: Pending[], label?: string): void {
  for (let at = drafts.length - 1; at >= 0; at -= 1) {
    const draft = drafts[at] as Draft;
    draft.depth = depth;
    if (label !== undefined) draft.label = label;
    pending.push(draft);
  }
}

function pushBelow(draft: Draft, pending: Pending[]): void {
  const { id: owner, paths: tree, children } = draft;
  const depth = draft.depth + 1;
  pushDrafts(children, depth, pending);
  if (tree) pending.push({ tree, owner, node: tree.root, text: "", directory: "", depth });
}

function pushNode(begun: PendingNode, lines: Draft[], pending: Pending[], drawn: DrawDirectory): void {
  const end = endOfChain(begun);
  const { tree, node, text, depth } = end;
  const { values, below } = node;
  const isDirectory = values.length === 0 && text !== "" && below !== undefined;
  if (isDirectory) {
    const draft = drawn(end);
    draft.depth = depth;
    lines.push(draft);
  }
  // Below "/" itself, names keep their slash.
  const lead = text === "" ? tree.lead : "";
  if (below) pushNodesBelow(end, lead, isDirectory || values.length > 0 ? depth + 1 : depth, pending);
  pushDrafts(values, depth, pending, text === "" ? undefined : text);
}

function pushNodesBelow(above: PendingNode, lead: string, depth: number, pending: Pending[]): void {
  const { tree, owner, node, directory } = above;
  for (const [name, next] of [...(node.below ?? [])].reverse()) {
    const text = lead + name;
    // Most are leaves.
    if (next.below) pending.push({ tree, owner, node: next, text, directory: `${directory}/${name}`, depth });
    else pushDrafts(next.values, depth, pending, text);
  }
}

// As far as there is nothing but one name more.
function endOfChain(begun: PendingNode): PendingNode {
  let { node, text, directory } = begun;
  while (node.values.length === 0 && node.below?.size === 1) {
    const [only] = node.below;
    if (!only) break;
    const [name, next] = only;
    text = text === "" ? begun.tree.lead + name : `${text}/${name}`;
    directory += `/${name}`;
    node = next;
  }
  return node === begun.node ? begun : { ...begun, node, text, directory };
}
