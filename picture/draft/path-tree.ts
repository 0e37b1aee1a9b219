/** A name of a path, with what is at the path and below it. */
export interface PathNode<Value> {
  /** What is at the path, in the order in which it came. */
  readonly values: Value[];
  /** What is below, by its next name, in the order in which it came. */
  readonly below: Map<string, PathNode<Value>>;
}

const emptyNode = <Value>(): PathNode<Value> => ({ values: [], below: new Map() });

/** Values by their paths. Each call takes time in proportion to its path, however many names that has. */
export class PathTree<Value> {
  readonly root: PathNode<Value> = emptyNode();
  /** What its paths begin with where they are whole. */
  readonly base: string;
  /** What they begin with where they are shown: a slash, or nothing. */
  readonly lead: "/" | "";

  constructor({ base = "", lead = "/" }: { readonly base?: string; readonly lead?: "/" | "" } = {}) {
    this.base = base;
    this.lead = lead;
  }

  /** The values at a path, to be read and added to. */
  at(path: string): Value[] {
    let node = this.root;
    for (const name of namesIn(path)) {
      let next = node.below.get(name);
      if (!next) {
        next = emptyNode();
        node.below.set(name, next);
      }
      node = next;
    }
    return node.values;
  }

  /** The last value at a path, or at the nearest path above that has one; undefined if none has. */
  nearest(path: string): Value | undefined {
    let node = this.root;
    let nearest = node.values.at(-1);
    for (const name of namesIn(path)) {
      const next = node.below.get(name);
      if (!next) break;
      node = next;
      nearest = node.values.at(-1) ?? nearest;
    }
    return nearest;
  }
}

function namesIn(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}
