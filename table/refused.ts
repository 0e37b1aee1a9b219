import type { MountEntry, MountTable } from "./mount-entry.ts";

/** Why a mount in a text is refused. */
export type RefusedReason =
  /** It has not the fields of a mount. */
  | "missing-field"
  /** A number is none, or too large. */
  | "bad-number"
  /** It is no path as the kernel writes one. */
  | "bad-path"
  /** A backslash that begins no escape of the kernel's. */
  | "bad-escape"
  /** What is said about propagation cannot be read. */
  | "bad-propagation"
  /** A mount before has the same id. */
  | "duplicate-id"
  /** It is no object, or no list of mounts. */
  | "wrong-type"
  /** The whole text is not JSON. */
  | "not-json";

/** A mount that could not be read, which the table is without. */
export interface RefusedMount {
  /** Its line in the text, from 1; of findmnt's JSON its number among the mounts, from 1. 0 is the whole text. */
  readonly line: number;
  /** Why it was refused. */
  readonly reason: RefusedReason;
  /** What was refused, as it stands there; cut where it is long. */
  readonly subject: string;
}

// What is shown of a subject.
const LONGEST = 200;

/** @internal A reason to refuse one mount; thrown and caught where mounts are read. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: RefusedReason;
  readonly subject: string;

  constructor(reason: RefusedReason, subject: string) {
    super(`${reason}: ${JSON.stringify(subject)}`);
    this.reason = reason;
    this.subject = subject;
  }
}

/** The mounts of a text, with those that were refused. */
export interface MountsRead {
  /** The mounts that could be read. */
  readonly mounts: MountTable;
  /** Those that could not. */
  readonly refused: readonly RefusedMount[];
}

/** Reads mounts one after the other; what one of them refuses is noted with its line, and the others are read. */
export class MountReading {
  readonly #mounts: MountEntry[] = [];
  readonly #ids = new Set<number>();
  readonly #refused: RefusedMount[] = [];

  /** Reads one of what a line says. */
  add<Text>(line: number, text: Text, read: (text: Text) => MountEntry): void {
    try {
      const mount = read(text);
      if (this.#ids.has(mount.id)) throw new Refusal("duplicate-id", String(mount.id));
      this.#ids.add(mount.id);
      this.#mounts.push(mount);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refuse(line, error.reason, error.subject);
    }
  }

  refuse(line: number, reason: RefusedReason, subject: string): void {
    this.#refused.push({ line, reason, subject: subject.slice(0, LONGEST) });
  }

  get result(): MountsRead {
    return { mounts: this.#mounts, refused: this.#refused };
  }
}
