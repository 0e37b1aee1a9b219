import type { Column } from "../picture.ts";

/** A name of a path, with what is at the path and below it. */
export interface PathNode<Value> {
  /** What is at the path, in the order in which it came. */
  readonly values: Value[];
  /** What is below, by its next name, in the order in which it came. Absent where nothing is: most nodes are leaves. */
  below: Map<string, PathNode<Value>> | undefined;
}

/** Values by their paths. Each call takes time in proportion to its path, however many names that has. */
export class PathTree<Value> {
  readonly root: PathNode<Value> = { values: [], below: undefined };
  /** What its paths begin with where they are whole. */
  readonly base: string;
  /** What they begin with where they are shown: a slash, or nothing. */
  readonly lead: "/" | "";
  /** The column of its rows. */
  readonly column: Column;
  /** The directory that was looked up last, and its node. */
  #directory = "";
  #node: PathNode<Value> = this.root;

  constructor(
    column: Column,
    { base = "", lead = "/" }: { readonly base?: string; readonly lead?: "/" | "" } = {},
  ) {
    this.column = column;
    this.base = base;
    this.lead = lead;
  }

  /** The values at a path, to be read and added to. */
  at(path: string): Value[] {
    const end = path.lastIndexOf("/");
    // Most paths come after one of the same directory.
    if (end <= 0 || end !== this.#directory.length || !path.startsWith(this.#directory)) {
      this.#directory = end > 0 ? path.slice(0, end) : "";
      this.#node = this.#nodeAt(this.#directory);
    }
    return end + 1 < path.length ? nodeBelow(this.#node, path.slice(end + 1)).values : this.#node.values;
  }

  #nodeAt(path: string): PathNode<Value> {
    let node = this.root;
    for (let begin = 0; begin < path.length; ) {
      const slash = path.indexOf("/", begin);
      const end = slash < 0 ? path.length : slash;
      if (end > begin) node = nodeBelow(node, path.slice(begin, end));
      begin = end + 1;
    }
    return node;
  }

  /** The last value at a path, or at the nearest path above that has one; undefined if none has. */
  nearest(path: string): Value | undefined {
    let node: PathNode<Value> | undefined = this.root;
    let nearest = node.values.at(-1);
    for (const name of path.split("/")) {
      if (name === "") continue;
      node = node.below?.get(name);
      if (!node) break;
      nearest = node.values.at(-1) ?? nearest;
    }
    return nearest;
  }
}

function nodeBelow<Value>(node: PathNode<Value>, name: string): PathNode<Value> {
  node.below ??= new Map();
  const there = node.below.get(name);
  if (there) return there;
  const next: PathNode<Value> = { values: [], below: undefined };
  node.below.set(name, next);
  return next;
}
