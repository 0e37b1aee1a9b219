import type { CurveKind, Trait } from "../marks.ts";
import type { Column, RowDetails, RowKind } from "../picture.ts";
import type { PathTree } from "./path-tree.ts";

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** The details of a row that is still being drawn. */
export type DraftDetails = Mutable<Omit<RowDetails, "steps" | "storages" | "omitted" | "findings">> & {
  readonly steps: RowDetails["steps"][number][];
  readonly storages: RowDetails["storages"][number][];
  readonly omitted: RowDetails["omitted"][number][];
  readonly findings: RowDetails["findings"][number][];
};

/** What a row begins with. */
export interface DraftBeginning {
  readonly id: string;
  readonly column: Column;
  readonly kind: RowKind;
  readonly label: string;
  readonly path?: string | undefined;
  readonly paths?: PathTree<Draft> | undefined;
}

/** A row that is still being drawn: it has no place yet, and more may become known of it. */
export class Draft {
  readonly id: string;
  readonly column: Column;
  kind: RowKind;
  readonly label: string;
  readonly path: string | undefined;
  by: CurveKind | undefined;
  readonly traits: Set<Trait> = new Set();
  readonly details: DraftDetails = { steps: [], storages: [], omitted: [], findings: [] };
  /** The rows indented below it, in order, after those that are there by their paths. */
  readonly children: Draft[] = [];
  readonly paths: PathTree<Draft> | undefined;

  constructor({ id, column, kind, label, path, paths }: DraftBeginning) {
    this.id = id;
    this.column = column;
    this.kind = kind;
    this.label = label;
    this.path = path;
    this.paths = paths;
  }
}

/** A curve between two rows that are still being drawn. */
export interface DraftCurve {
  readonly from: Draft;
  readonly to: Draft;
  readonly kind: CurveKind;
  readonly traits: ReadonlySet<Trait>;
}
