import { insteadOf, nearestOf } from "../words/nearest.ts";
import { pathAdvice } from "./given-path.ts";

/** What is read: a file that people have, or what containerd hands over. */
export type Format =
  | "config.json"
  | "containerd mount"
  | "configuration.toml"
  | "annotations"
  | "mountInfo.json"
  | "volume path";

// What is wrong, and what to do about it. Those that are null say it by their subject.
const reasons = {
  "not-json": "it is not JSON",
  "not-toml": null,
  "not-a-mount-line": "the lines of ctr are expected: mount -t TYPE SOURCE TARGET -o OPTIONS",
  "no-mounts": "there is no mount in it",
  "wrong-type": null,
  "missing-field": "the field is needed; add it",
  "duplicate-field": "it is there in two spellings; keep one",
  "unknown-word": "not one of the words that are known here",
  "out-of-range": "the whole number is too small or too large",
  "several-readings": "it can be read in more than one way; give the mount as JSON",
  unprintable: "such a line would be read as another mount; print it as JSON",
  "malformed-layer": "a layer is a path, a type and options, with commas between them",
  "several-hypervisors": "only one can be used; name it by runtime.hypervisor_name",
  "no-such-table": "there is no [hypervisor.*] table of this name",
  "writable-bind-mount": "bind mounts of the sandbox are read-only; remove ':rw'",
  "needs-rootless-dir": "a rootless virtual machine has directories of its own; give the rootlessDir",
  "not-enabled": "no entry of enable_annotations allows it",
  "not-a-pattern": "it is no regular expression",
  remount: "the guest mounts the disk for the first time; remove the option",
  "needs-mount-manager":
    "containerd's mount manager has to make this mount first; give the mounts that it activated",
  "bad-size": "a tmpfs takes digits and k, m, g, t, p, e or %, such as size=64m",
  "needs-size-of": "a bind is as large as the filesystem that it is on; give sizeOf",
  "not-the-pods-own": "it is the bundle of a container in a pod; give the one of the pod's own",
  "lone-surrogate": "half a character would become another name; mend the string",
} as const;

// Of a subject, in the message; the field has it whole.
const LONGEST_SHOWN = 200;

/** What can be wrong with it. */
export type FormatCode = keyof typeof reasons;

/** Why something could not be read. */
export interface FormatProblem {
  readonly format: Format;
  /** The reason. */
  readonly code: FormatCode;
  /** Its path, such as `mounts[2].destination` or `hypervisor.qemu.shared_fs`; empty for the whole. */
  readonly path: string;
  /** What was refused, as it stands there; of a wrong type the expected one, of no TOML what the parser says. */
  readonly subject: string;
  /** What may stand there instead. */
  readonly words?: readonly string[] | undefined;
  /** The line, from 1, of a text that is not JSON: of TOML, and of the lines that ctr prints. */
  readonly line?: number | undefined;
  /** The column in that line, from 1. */
  readonly column?: number | undefined;
}

/**
 * What was given is not of its format, or says what cannot be planned with.
 *
 * @example
 * ```ts
 * import { containerOf, FormatError } from "guestshare";
 *
 * try {
 *   containerOf({ root: { path: "rootfs" }, mounts: [{ source: "/a" }] }, { id: "c1" });
 * } catch (error) {
 *   if (!(error instanceof FormatError)) throw error;
 *   console.log(error.path, error.code); // mounts[0].destination missing-field
 * }
 * ```
 */
export class FormatError extends Error implements FormatProblem {
  override readonly name = "FormatError";
  readonly format: Format;
  readonly code: FormatCode;
  readonly path: string;
  readonly subject: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** What may stand there instead; empty where it is no word. */
  readonly words: readonly string[];
  /** Which of them may be meant. */
  readonly nearest: string | undefined;

  constructor(problem: FormatProblem, options?: ErrorOptions) {
    const { format, code, path, subject, line, column, words = [] } = problem;
    const act = code === "unprintable" ? "print" : "read";
    super(`Cannot ${act} ${format}${placeOf(problem)}: ${code} (${reasonOf(problem)})`, options);
    this.format = format;
    this.code = code;
    this.path = path;
    this.subject = subject;
    this.line = line;
    this.column = column;
    this.words = words;
    this.nearest = nearestOf(subject, words);
  }
}

// Where the subject is not what stands there, it does not stand beside the place.
function placeOf({ code, path, subject, line, column }: FormatProblem): string {
  const where = path === "" ? "" : ` ${path}`;
  const spot = line === undefined ? "" : ` line ${line}, column ${column}`;
  const isThere = reasons[code] !== null && code !== "missing-field" && subject !== "";
  return `${where}${spot}${isThere ? ` ${JSON.stringify(shown(subject))}` : ""}`;
}

function shown(subject: string): string {
  return subject.length > LONGEST_SHOWN ? `${subject.slice(0, LONGEST_SHOWN)}…` : subject;
}

function reasonOf(problem: FormatProblem): string {
  const { code, subject, words = [] } = problem;
  if (code === "not-json" && subject !== "") return `${reasons[code]}: ${pathAdvice}`;
  const reason = reasons[code] ?? told(problem);
  return words.length === 0 ? reason : `${reason}; ${insteadOf(subject, words)}`;
}

function told({ code, subject }: FormatProblem): string {
  return code === "wrong-type" ? `${subject} expected` : subject;
}
