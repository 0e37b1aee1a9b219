import type {
  AgentStorage,
  Mount,
  OciMount,
  OmittedMount,
  OutcomeKind,
  OutcomeReason,
  Step,
} from "../mod.ts";
import type { Finding, MountEntry } from "../table/mod.ts";
import type { CurveKind, Trait } from "./marks.ts";

/** Where a row stands: what the host has, what the sandbox's hub and view have, or what the guest and its containers see. */
export type Column = "host" | "hub" | "guest";

/** What a row is. */
export type RowKind =
  /** A directory that is above several rows, or that a step creates. */
  | "directory"
  /** A file or directory of the host that is shared or copied. */
  | "source"
  /** A disk, or an image with a filesystem. */
  | "disk"
  /** A sandbox: its directory on the host, and its guest. */
  | "sandbox"
  /** Where shares are attached. */
  | "hub"
  /** What the guest sees of the hub. */
  | "view"
  /** What is mounted in the hub. */
  | "share"
  /** A mount below a share, or one in the sandbox's directory that is no share. */
  | "submount"
  /** What the agent mounts. */
  | "storage"
  /** A container. */
  | "container"
  /** A container's root filesystem. */
  | "root"
  /** A mount of a container. */
  | "mount";

/** Why a mount became what it did. */
export interface Rule {
  /** What became of the mount. */
  readonly kind: OutcomeKind;
  /** Why, as a word. */
  readonly reason: OutcomeReason;
  /** Both, as a sentence. */
  readonly sentence: string;
}

/** What is known of a row beside what it shows. Texts are as they were given: whoever shows one escapes it. */
export interface RowDetails {
  /** The mount of the container's specification. */
  readonly mount?: Mount | undefined;
  /** Where the mount is in the request, such as "container.mounts[2]". */
  readonly requestPath?: string | undefined;
  /** Which of the requests that is, from 0. */
  readonly requestIndex?: number | undefined;
  /** Why the mount became what it did. */
  readonly rule?: Rule | undefined;
  /** Why a root filesystem, or the mount of the whole view, is as it is, as a sentence: no outcome of a mount says so. */
  readonly why?: string | undefined;
  /** The steps that make the row or remove it, each with those that undo it. */
  readonly steps: readonly Step[];
  /** What the agent gets for the row, in order. */
  readonly storages: readonly AgentStorage[];
  /** The mount as the guest's specification has it. */
  readonly guestMount?: OciMount | undefined;
  /** The submounts that the share leaves out. */
  readonly omitted: readonly OmittedMount[];
  /** The mount as the kernel's table has it. */
  readonly entry?: MountEntry | undefined;
  /** What is wrong with it. */
  readonly findings: readonly Finding[];
}

/** A row of a column. All rows have one height. */
export interface Row {
  /** The same for the same row of another picture, and unique in its own: to be compared, not read. */
  readonly id: string;
  /** The column. */
  readonly column: Column;
  /** How many rows of the column are above it. */
  readonly at: number;
  /** How many rows it is indented below. */
  readonly depth: number;
  /** What it is. */
  readonly kind: RowKind;
  /** What it shows: a path from the row that it is indented below, or a name. As it was given: whoever shows it escapes it. */
  readonly label: string;
  /** The whole path on the host or in the container; absent where it has none. */
  readonly path?: string | undefined;
  /** How it gets its content; absent if it needs none, or gets none. */
  readonly by?: CurveKind | undefined;
  /** What holds for it, in the order of `traits`. */
  readonly traits: readonly Trait[];
  /** What is known beside. */
  readonly details: RowDetails;
}

/** What leads from a row to one that gets its content. */
export interface Curve {
  /** Made of the ids of both rows. */
  readonly id: string;
  /** The id of the row that it leads from. */
  readonly from: string;
  /** The id of the row that it leads to: mostly of a column to the right, else of the same one. */
  readonly to: string;
  /** How the content gets there. */
  readonly kind: CurveKind;
  /** What holds for it, in the order of `traits`. */
  readonly traits: readonly Trait[];
}

/** How storage is laid out: three columns of rows, and curves between them. */
export interface Picture {
  /** The rows of each column, from the top. */
  readonly columns: Readonly<Record<Column, readonly Row[]>>;
  /** The curves, in the order of the rows that they lead to. */
  readonly curves: readonly Curve[];
}
