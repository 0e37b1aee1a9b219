import { type CurveKind, type Trait, traits } from "../marks.ts";
import type { Column, Curve, Picture, Row } from "../picture.ts";
import { Draft, type DraftBeginning, type DraftCurve } from "./draft.ts";
import { type Line, linesOf, linesOfTree } from "./lines.ts";
import { PathTree } from "./path-tree.ts";

const traitNames = Object.keys(traits) as Trait[];

/** A picture that is still being drawn: rows and curves are added in any order, and get their places at its end. */
export class Sketch {
  /** The rows of the host, by their paths. */
  readonly #hostPaths = new PathTree<Draft>();
  readonly #unnamed = new Map<string, Draft>();
  readonly #outermost: Record<Column, Draft[]> = { host: [], hub: [], guest: [] };
  readonly #ids = new Map<string, number>();
  readonly #curves = new Map<string, DraftCurve>();

  /** A row of the host at a path: the one that is there, or a new one of this kind. */
  source(path: string, kind: "source" | "disk"): Draft {
    const [there] = this.#hostPaths.at(path);
    if (there) return there;
    const draft = this.row(["host", path], { column: "host", kind, label: path, path });
    this.#hostPaths.at(path).push(draft);
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
  row(key: readonly string[], beginning: Omit<DraftBeginning, "id">): Draft {
    return new Draft({ ...beginning, id: this.#idOf(JSON.stringify(key)) });
  }

  /** A new row that is below no other. */
  outermost(key: readonly string[], beginning: Omit<DraftBeginning, "id">): Draft {
    const draft = this.row(key, beginning);
    this.#outermost[beginning.column].push(draft);
    return draft;
  }

  /**
   * A curve between two rows, of which there is one of each kind. What it leads to has its content by it, and says what holds for the
   * curve, unless that has traits of its own.
   */
  curve(from: Draft, to: Draft, kind: CurveKind, traits: ReadonlySet<Trait> = to.traits): void {
    if (from === to) return;
    const id = JSON.stringify([from.id, to.id, kind]);
    if (!this.#curves.has(id)) this.#curves.set(id, { from, to, kind, traits });
    to.by ??= kind;
  }

  /** The picture. */
  picture(): Picture {
    const columns = {
      host: rowsOf([...linesOfTree("host", this.#hostPaths), ...linesOf("host", this.#outermost.host)]),
      hub: rowsOf(linesOf("hub", this.#outermost.hub)),
      guest: rowsOf(linesOf("guest", this.#outermost.guest)),
    };
    const order = new Map([...columns.hub, ...columns.guest].map(({ id }, at) => [id, at]));
    const curves = [...this.#curves].map(([id, curve]) => curveOf(id, curve));
    const placeOf = ({ to }: Curve) => order.get(to) ?? 0;
    return { columns, curves: curves.sort((one, other) => placeOf(one) - placeOf(other)) };
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

function rowsOf(lines: readonly Line[]): Row[] {
  return lines.map(({ draft, label, depth }, at) => {
    const { id, column, kind, path, by, details } = draft;
    return {
      ...{ id, column, at, depth, kind, label },
      ...(path !== undefined && { path }),
      ...(by && { by }),
      ...{ traits: ordered(draft.traits), details },
    };
  });
}

function curveOf(id: string, { from, to, kind, traits }: DraftCurve): Curve {
  return { id, from: from.id, to: to.id, kind, traits: ordered(traits) };
}

function ordered(some: ReadonlySet<Trait>): Trait[] {
  return traitNames.filter((trait) => some.has(trait));
}
