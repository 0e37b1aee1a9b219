import type { CurveKind } from "../marks.ts";
import type { Column, Curve, Picture, Row } from "../picture.ts";
import { Draft, type DraftBeginning, type DraftCurve } from "./draft.ts";
import { type DirectoryLine, linesOf } from "./lines.ts";
import { PathTree } from "./path-tree.ts";
import type { TraitSet } from "./trait-set.ts";

/** More than any picture has: a pair of serial numbers is one number. */
const MOST_ROWS = 2 ** 26;

/** A picture that is still being drawn: rows and curves are added in any order, and get their places at its end. */
export class Sketch {
  /** The rows of the host, by their paths. */
  readonly #hostPaths = new PathTree<Draft>("host");
  readonly #unnamed = new Map<string, Draft>();
  readonly #outermost: Record<Column, Draft[]> = { host: [], hub: [], guest: [] };
  readonly #ids = new Map<string, number>();
  readonly #curves: DraftCurve[] = [];
  /** The pairs of rows that have a curve. */
  readonly #pairs = new Set<number>();
  #rowCount = 0;

  /** A row of the host at a path: the one that is there, or a new one of this kind. */
  source(path: string, kind: "source" | "disk"): Draft {
    const there = this.#hostPaths.at(path);
    const [first] = there;
    if (first) return first;
    const draft = this.row(["host", path], { column: "host", kind, label: path, path });
    there.push(draft);
    return draft;
  }

  /** A row of the host that has no path there: the one that is called so, or a new one of this kind. */
  unnamed(label: string, kind: "source" | "disk"): Draft {
    const there = this.#unnamed.get(label);
    if (there) return there;
    const draft = this.outermost(["host", "", label], { column: "host", kind, label });
    this.#unnamed.set(label, draft);
    return draft;
  }

  /** A new row, which the caller puts below another one. Its id is made of the key, and of a number where two have one key. */
  row(key: readonly string[], beginning: DraftBeginning): Draft {
    this.#rowCount += 1;
    return new Draft({ id: this.#idOf(key.join("\n")), serial: this.#rowCount }, beginning);
  }

  /** A new row that is below no other. */
  outermost(key: readonly string[], beginning: DraftBeginning): Draft {
    const draft = this.row(key, beginning);
    this.#outermost[beginning.column].push(draft);
    return draft;
  }

  /**
   * The curve between two rows. What it leads to has its content by it, and says what holds for the curve, unless that has traits of
   * its own.
   */
  curve(from: Draft, to: Draft, kind: CurveKind, traits: TraitSet = to.traits): void {
    if (from === to) return;
    to.by ??= kind;
    const pair = from.serial * MOST_ROWS + to.serial;
    if (this.#pairs.has(pair)) return;
    this.#pairs.add(pair);
    this.#curves.push({ from, to, kind, traits });
  }

  /** The picture. */
  picture(): Picture {
    const columns = {
      host: [...this.#rowsOfHostPaths(), ...this.#rowsOf(this.#outermost.host)].map(placed),
      hub: this.#rowsOf(this.#outermost.hub).map(placed),
      guest: this.#rowsOf(this.#outermost.guest).map(placed),
    };
    // In the order of the rows that they lead to, and of those the order in which they were drawn.
    const curves = this.#curves
      .filter(isThere)
      .sort((one, other) => placeOf(one) - placeOf(other))
      .map(curveOf);
    return { columns, curves };
  }

  #rowsOf(drafts: readonly Draft[], depth = 0): Draft[] {
    return linesOf(drafts, depth, (directory) => this.#directory(directory));
  }

  // They are below no row.
  #rowsOfHostPaths(): Draft[] {
    const beginning = { column: "host", kind: "directory", label: "", paths: this.#hostPaths } as const;
    return this.#rowsOf([new Draft({ id: "host", serial: 0 }, beginning)], -1).slice(1);
  }

  #directory({ tree, owner, directory, text: label }: DirectoryLine): Draft {
    const path = tree.base + directory;
    return this.row([owner, directory], { column: tree.column, kind: "directory", label, path });
  }

  #idOf(base: string): string {
    let id = base;
    for (let more = this.#ids.get(base) ?? 0; this.#ids.has(id); id = `${base}#${more}`) {
      more += 1;
      this.#ids.set(base, more);
    }
    this.#ids.set(id, 0);
    return id;
  }
}

function isThere({ from, to }: DraftCurve): boolean {
  return !from.traits.has("removed") && !to.traits.has("removed");
}

function curveOf({ from, to, kind, traits }: DraftCurve): Curve {
  // The length says where one id ends, whatever is in it.
  const id = `${from.id.length}\n${from.id}\n${to.id}`;
  return { id, from: from.id, to: to.id, kind, traits: traits.list };
}

function placeOf({ to }: DraftCurve): number {
  return to.column === "guest" ? MOST_ROWS + to.at : to.at;
}

function placed(draft: Draft, at: number): Row {
  draft.at = at;
  const { id, column, depth, kind, label, path, by, traits, details } = draft;
  return { id, column, at, depth, kind, label, path, by, traits: traits.list, details };
}
