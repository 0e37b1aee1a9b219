import { insteadOf, nearestOf } from "../words/nearest.ts";
import { pathAdvice } from "./path-advice.ts";

/** The format that is read. */
export type Format =
  | "config.json"
  | "containerd mount"
  | "configuration.toml"
  | "annotations"
  | "mountInfo.json"
  | "volume path"
  | "gate rules";

/** What is wrong, and what to do about it, by the code of a problem. Null if the subject says it. */
export const formatReasons = {
  "not-json": "it is not JSON",
  "not-toml": null,
  "not-a-mount-line": "the lines of ctr are expected: mount -t TYPE SOURCE TARGET -o OPTIONS",
  "no-mounts": "it contains no mount",
  "wrong-type": null,
  "missing-field": "the field is needed; add it",
  "duplicate-field": "the field has two spellings here; keep one",
  "unknown-word": "not one of the known words",
  "unknown-field": "not one of the known fields",
  "out-of-range": "the whole number is too small or too large",
  rounded: "a number of JavaScript is not exact there; give the JSON as text, or a bigint",
  "several-readings": "it can be read in more than one way; give the mount as JSON",
  unprintable: "the line would be read as another mount; print the mount as JSON",
  "malformed-layer": "a layer is a path, a type and options, with commas between them",
  "several-hypervisors": "only one can be used; name it by runtime.hypervisor_name",
  "no-such-table": "there is no [hypervisor.*] table of this name",
  "writable-bind-mount": "bind mounts of the sandbox are read-only; remove ':rw'",
  "needs-rootless-dir": "a rootless virtual machine has directories of its own; give the rootlessDir",
  "not-enabled": "no entry of enable_annotations allows it",
  "not-a-pattern": "it is not a regular expression",
  remount: "the guest mounts the disk for the first time; remove the option",
  "needs-mount-manager":
    "containerd's mount manager has to make this mount first; give the mounts that it activated",
  "bad-size": "a tmpfs takes digits and k, m, g, t, p, e or %, such as size=64m",
  "needs-size-of": "a bind is as large as the filesystem that it is on; give sizeOf",
  "not-the-pods-own":
    "this is the bundle of a container in a pod; give the bundle of the pod's own container",
  nul: "a text for a program ends at NUL; remove it",
  "not-a-destination": "the agent takes absolute paths without '..', and a root needs no mount",
  "device-of-agent": "the agent makes this device in each container; remove the mount",
  "not-proc": "without a procfs on /proc the agent never starts the container; mount proc there",
  "inside-proc":
    "the agent takes a bind in /proc only on cpuinfo, diskstats, meminfo, stat, swaps, uptime, loadavg and net/dev; remove the mount",
  "needs-systemd":
    "only an agent beside systemd takes a cgroup path of this form; give a path such as /pod/c1, or say that the guest has systemd",
  "not-namespaced": "the agent sets only what one container can have for itself",
  "needs-user-namespace": "mappings belong to a user namespace; add one to linux.namespaces",
  "not-a-gate-path":
    "an absolute path is needed, without '.', '..' and needless slashes; the root has a rule of its own, refuse.hostRoot",
  "no-rules": "nothing would be refused; add a rule, or leave the gate out",
  contradiction: "another field says the opposite; remove one of the two",
  "lone-surrogate": "a lone surrogate cannot be written as UTF-8; correct the string",
} as const;

// The most characters of a subject that the message shows. The field `subject` is never cut.
const MAX_SHOWN = 200;

/** The reasons why a text is not of its format, or cannot be used. */
export type FormatCode = keyof typeof formatReasons;

/** Why a text could not be read. */
export interface FormatProblem {
  /** The format that the text should have. */
  readonly format: Format;
  /** The reason. */
  readonly code: FormatCode;
  /** The path of the value, such as `mounts[2].destination` or `hypervisor.qemu.shared_fs`; empty for the whole text. */
  readonly path: string;
  /** The refused value; for a wrong type the expected type, and for invalid TOML the parser's message. */
  readonly subject: string;
  /** The words that are accepted there. */
  readonly words?: readonly string[] | undefined;
  /** The path of the value that says the opposite. */
  readonly otherPath?: string | undefined;
  /** The line, counted from 1, in TOML and in the output of ctr. */
  readonly line?: number | undefined;
  /** The column in that line, counted from 1. */
  readonly column?: number | undefined;
}

/**
 * A text is not of its format, or describes something that cannot be planned.
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
  /** Always "FormatError". */
  override readonly name = "FormatError";
  /** The format that the text should have. */
  readonly format: Format;
  readonly code: FormatCode;
  readonly path: string;
  readonly subject: string;
  /** The path of the value that says the opposite; undefined if there is none. */
  readonly otherPath: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** The words that are accepted there; empty if other values are, too. */
  readonly words: readonly string[];
  /** The word that may be meant. */
  readonly nearest: string | undefined;

  /** Of a problem; the message is written from it. */
  constructor(problem: FormatProblem, options?: ErrorOptions) {
    const { format, code, path, subject, otherPath, line, column, words = [] } = problem;
    const act = code === "unprintable" ? "print" : "read";
    super(`Cannot ${act} ${format}${placeOf(problem)}: ${code} (${reasonOf(problem)})`, options);
    this.format = format;
    this.code = code;
    this.path = path;
    this.subject = subject;
    this.otherPath = otherPath;
    this.line = line;
    this.column = column;
    this.words = words;
    this.nearest = nearestOf(subject, words);
  }
}

// The path and position of the refused value, and the value itself if that is the subject.
function placeOf({ code, path, subject, line, column }: FormatProblem): string {
  const where = path === "" ? "" : ` ${path}`;
  const spot = line === undefined ? "" : ` line ${line}, column ${column}`;
  const isValue = formatReasons[code] !== null && code !== "missing-field" && subject !== "";
  return `${where}${spot}${isValue ? ` ${JSON.stringify(shown(subject))}` : ""}`;
}

function shown(subject: string): string {
  return subject.length > MAX_SHOWN ? `${subject.slice(0, MAX_SHOWN)}…` : subject;
}

function reasonOf(problem: FormatProblem): string {
  const { code, subject, otherPath, words = [] } = problem;
  if (code === "not-json" && subject !== "") return `${formatReasons[code]}: ${pathAdvice}`;
  const reason = formatReasons[code] ?? reasonFromSubject(problem);
  if (otherPath !== undefined) return `${reason}: ${otherPath}`;
  return words.length === 0 ? reason : `${reason}; ${insteadOf(subject, words)}`;
}

function reasonFromSubject({ code, subject }: FormatProblem): string {
  return code === "wrong-type" ? `${subject} expected` : subject;
}
