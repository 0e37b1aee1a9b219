import type { Column } from "../picture.ts";
import { Draft } from "./draft.ts";
import type { PathNode, PathTree } from "./path-tree.ts";

/** A row with its place in the tree of its column. */
export interface Line {
  readonly draft: Draft;
  readonly label: string;
  readonly depth: number;
}

/** What is yet to be written: a draft, or a node of a tree of paths. */
type Pending = Line | PendingNode;

interface PendingNode {
  readonly tree: PathTree<Draft>;
  /** The id of the row that the tree belongs to. */
  readonly owner: string;
  readonly node: PathNode<Draft>;
  /** The names since the last row above. */
  readonly text: string;
  /** The path from where the tree begins. */
  readonly directory: string;
  readonly depth: number;
}

/**
 * The lines of a column, in order. A directory gets a line of its own if several rows are below it and none is at it; chains of
 * directories are one label. It keeps a stack of its own, as a path may have any number of names.
 */
export function linesOf(column: Column, drafts: readonly Draft[]): Line[] {
  const lines: Line[] = [];
  const pending: Pending[] = drafts.map((draft) => ({ draft, label: draft.label, depth: 0 })).reverse();
  for (let next = pending.pop(); next; next = pending.pop()) {
    if ("node" in next) pushNode(column, next, lines, pending);
    else {
      lines.push(next);
      pushBelow(next, pending);
    }
  }
  return lines;
}

/** The lines of a tree of paths that belongs to no row. */
export function linesOfTree(column: Column, tree: PathTree<Draft>): Line[] {
  const owner = new Draft({ id: column, column, kind: "directory", label: "", paths: tree });
  const [, ...lines] = linesOf(column, [owner]);
  return lines.map((line) => ({ ...line, depth: line.depth - 1 }));
}

function pushBelow({ draft, depth }: Line, pending: Pending[]): void {
  const { id, paths: tree, children } = draft;
  for (const child of children.toReversed())
    pending.push({ draft: child, label: child.label, depth: depth + 1 });
  if (tree) pending.push({ tree, owner: id, node: tree.root, text: "", directory: "", depth: depth + 1 });
}

function pushNode(column: Column, begun: PendingNode, lines: Line[], pending: Pending[]): void {
  const { tree, owner, depth, node, text, directory } = endOfChain(begun);
  const { values, below } = node;
  if (values.length === 0 && text !== "" && below.size > 1) {
    const id = JSON.stringify([owner, directory]);
    const path = tree.base + directory;
    lines.push({
      draft: new Draft({ id, column, kind: "directory", label: text, path }),
      label: text,
      depth,
    });
  }
  const isLine = values.length > 0 || text !== "";
  // Below "/" itself, names keep their slash.
  const lead = text === "" ? tree.lead : "";
  for (const [name, next] of [...below].reverse())
    pending.push({
      ...{ tree, owner, node: next, text: lead + name },
      ...{ directory: `${directory}/${name}`, depth: isLine ? depth + 1 : depth },
    });
  for (const draft of values.toReversed()) pending.push({ draft, label: text || draft.label, depth });
}

// As far as there is nothing but one name more.
function endOfChain(begun: PendingNode): PendingNode {
  let { node, text, directory } = begun;
  while (node.values.length === 0 && node.below.size === 1) {
    const [only] = node.below;
    if (!only) break;
    const [name, next] = only;
    text = text === "" ? begun.tree.lead + name : `${text}/${name}`;
    directory += `/${name}`;
    node = next;
  }
  return { ...begun, node, text, directory };
}
