import type { CurveKind } from "../marks.ts";
import type { Column, RowDetails, RowKind } from "../picture.ts";
import type { PathTree } from "./path-tree.ts";
import { TraitSet } from "./trait-set.ts";

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type ListName = "steps" | "storages" | "omitted" | "findings";

// Most rows have nothing in most of their lists.
const none: readonly never[] = Object.freeze([]);

/** What a row begins with. */
export interface DraftBeginning {
  readonly column: Column;
  readonly kind: RowKind;
  readonly label: string;
  readonly path?: string | undefined;
  readonly paths?: PathTree<Draft> | undefined;
}

/** A row that is still being drawn: it has no place yet, and more may become known of it. */
export class Draft {
  readonly id: string;
  /** The number of rows that were drawn before. */
  readonly serial: number;
  readonly column: Column;
  kind: RowKind;
  label: string;
  readonly path: string | undefined;
  by: CurveKind | undefined;
  /** Its place, once all rows are drawn. */
  depth = 0;
  at = 0;
  readonly traits: TraitSet = new TraitSet();
  readonly details: Mutable<RowDetails> = { steps: none, storages: none, omitted: none, findings: none };
  /** The rows that are indented below it by their paths. */
  readonly paths: PathTree<Draft> | undefined;
  /** Those below it behind these, in order. */
  #children: Draft[] | undefined;

  constructor(
    { id, serial }: Pick<Draft, "id" | "serial">,
    { column, kind, label, path, paths }: DraftBeginning,
  ) {
    this.id = id;
    this.serial = serial;
    this.column = column;
    this.kind = kind;
    this.label = label;
    this.path = path;
    this.paths = paths;
  }

  get children(): readonly Draft[] {
    return this.#children ?? none;
  }

  /** Indents a row below it. */
  addChild(child: Draft): void {
    this.#children ??= [];
    this.#children.push(child);
  }

  /** Adds to a list of its details. */
  add<Name extends ListName>(name: Name, item: RowDetails[Name][number]): void {
    const lists: Record<ListName, readonly unknown[]> = this.details;
    if (lists[name] === none) lists[name] = [item];
    else (lists[name] as unknown[]).push(item);
  }
}

/** A curve between two rows that are still being drawn. */
export interface DraftCurve {
  readonly from: Draft;
  readonly to: Draft;
  readonly kind: CurveKind;
  readonly traits: TraitSet;
}
