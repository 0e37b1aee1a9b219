import type { Step } from "../mod.ts";
import { EOPNOTSUPP } from "./linux/errno.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { NydusdError } from "./nydusd/error.ts";

/**
 * A step of a plan failed.
 *
 * @example
 * ```ts
 * import { FilesystemShare, StepError } from "guestshare/host";
 *
 * const share = new FilesystemShare({ id: "s1" });
 * await share.prepare();
 * try {
 *   await share.shareFile({ id: "c1" }, { source: "/dev/null", destination: "/null" });
 * } catch (error) {
 *   if (!(error instanceof StepError)) throw error;
 *   console.log(error.step.op, error.code); // bind EINVAL
 * }
 * await share.cleanup();
 * ```
 */
export class StepError extends Error {
  /** Always "StepError". */
  override readonly name = "StepError";
  /** The step that failed. */
  readonly step: Step;
  /** The system call that failed; empty where no system call failed. */
  readonly call: string;
  /** Such as 16; 0 where no system call failed. */
  readonly errno: number;
  /** Such as "EBUSY"; nydusd's own word where it refused. */
  readonly code: string;
  /** The failures when the earlier steps were undone: their changes are still there. */
  readonly undo: readonly StepError[];

  /** Of a step and why it failed, with the failures of undoing the steps before it. */
  constructor(step: Step, cause: unknown, undo: readonly StepError[] = []) {
    const failure = cause instanceof SyscallError ? cause : undefined;
    const left = undo.map(({ message }) => `; left behind: ${message}`).join("");
    super(`Cannot ${phraseOf(step)}: ${stateOf(cause)}${left}`, { cause });
    this.step = step;
    this.call = failure?.call ?? "";
    this.errno = failure?.errno ?? 0;
    this.code = failure?.code ?? (cause instanceof NydusdError ? cause.code : "");
    this.undo = undo;
  }
}

/** A plan that removes went on to its end, and some of its steps failed. Calling the operation again finishes the work. */
export class PlanError extends Error {
  /** Always "PlanError". */
  override readonly name = "PlanError";
  /** The steps that failed, in the plan's order. */
  readonly failures: readonly StepError[];

  /** Of the steps that failed; the first one is the cause. */
  constructor(failures: readonly StepError[]) {
    super(failures.map(({ message }) => message).join("; "), { cause: failures[0] });
    this.failures = failures;
  }
}

function stateOf(cause: unknown): string {
  if (cause instanceof SyscallError) return `${cause.code} (${cause.reason})`;
  return cause instanceof NydusdError ? cause.state : String(cause);
}

function phraseOf(step: Step): string {
  switch (step.op) {
    case "mkdir":
      return `make directory ${quote(step.path)}`;
    case "mark":
      return `write ${quote(step.path)}`;
    case "guard":
      return `guard ${quote(step.target)}`;
    case "hub":
      return `mount hub on ${quote(step.target)}`;
    case "view":
      return `mount view of ${quote(step.source)} on ${quote(step.target)}`;
    case "bind":
      return `bind ${quote(step.source)} on ${quote(step.target)}`;
    case "use":
      return `say who uses a share by ${quote(step.path)}`;
    case "unuse":
      return `remove ${quote(step.path)}`;
    case "rafsMount":
      return `mount ${quote(step.source)} on ${quote(step.mountpoint)} in nydusd`;
    case "rafsUmount":
      return `unmount ${quote(step.mountpoint)} in nydusd`;
    case "umount":
      return `unmount ${quote(step.target)}`;
    case "remove":
      return `remove ${quote(step.path)}`;
    case "copy":
      return `copy ${quote(step.source)} to ${quote(step.guestPath)}`;
  }
}

const quote = (path: string) => JSON.stringify(path);

/** The reason why a copy cannot be made. */
export function noAgent(): SyscallError {
  const reason = "nothing is shared with this guest, and there is no agent to copy to";
  return new SyscallError("", EOPNOTSUPP, reason);
}
