/** A sign that needs no color, and what it stands for. */
export interface Mark {
  /** One character. */
  readonly sign: string;
  /** What it stands for, as words for people. */
  readonly meaning: string;
}

/** How content gets from one row to another. */
export type CurveKind = "bound" | "copied" | "storage" | "disk" | "overlay" | "made";

/** How content gets from one row to another, each with its mark. */
export const curveKinds: Readonly<Record<CurveKind, Mark>> = {
  bound: { sign: "B", meaning: "bound: the same files" },
  copied: { sign: "C", meaning: "copied by the agent" },
  storage: { sign: "S", meaning: "mounted by the agent from what is shared" },
  disk: { sign: "D", meaning: "a filesystem on a disk or in an image" },
  overlay: { sign: "O", meaning: "a layer of an overlay" },
  made: { sign: "G", meaning: "made in the guest" },
};

/** What can hold for a row or a curve. */
export type Trait =
  | "read-only"
  | "read-write"
  | "recursive"
  | "idmapped"
  | "watched"
  | "covered"
  | "ignored"
  | "removed";

/** What can hold for rows and curves, each with its mark. */
export const traits: Readonly<Record<Trait, Mark>> = {
  "read-only": { sign: "r", meaning: "read-only" },
  "read-write": { sign: "w", meaning: "the guest may write" },
  recursive: { sign: "+", meaning: "with all submounts" },
  idmapped: { sign: "i", meaning: "ids are mapped" },
  watched: { sign: "~", meaning: "copied anew when the host's changes" },
  covered: { sign: "×", meaning: "a later mount covers it" },
  ignored: { sign: "-", meaning: "the guest does not get it" },
  removed: { sign: "∅", meaning: "taken back: it is there no more" },
};
