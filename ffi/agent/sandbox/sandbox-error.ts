/**
 * Why a sandbox did not do what was asked: shares that the agent could delete through; a sandbox that is there; a guestDir or an id
 * by which it would; a container of this id is there; there is none; it was removed; the sandbox is over; the agent cannot do it; or
 * several things failed.
 */
export type GuestSandboxTrouble =
  | "writable-shares"
  | "sandbox-exists"
  | "guest-dir"
  | "reserved-id"
  | "container-exists"
  | "no-container"
  | "removed"
  | "over"
  | "no-seccomp"
  | "failed";

const reasons: Readonly<Record<Exclude<GuestSandboxTrouble, "failed">, string>> = {
  "writable-shares":
    "creating a sandbox deletes what the guest can write to; attach to the sandbox that is there, or clean up",
  "sandbox-exists":
    "an agent was asked to create it before, and would delete what is mounted; attach to it, or clean up and boot another guest",
  "guest-dir":
    "the agent deletes directories of containers in it, with what is shared; give the sandbox another guestDir",
  "reserved-id":
    "the agent deletes all below the directory of this name, with the shares in it, when the container goes; give it another id",
  "container-exists": "there is a container of this id; remove it, or take its process with running()",
  "no-container": "the sandbox has started no container of this id",
  removed: "its container was removed",
  over: "the sandbox was destroyed or detached",
  "no-seccomp": "the agent was built without seccomp; leave the option out",
};

/** What was not done. */
export interface GuestSandboxFailure {
  readonly act: string;
  readonly trouble: GuestSandboxTrouble;
  readonly subjects?: readonly string[];
  readonly failures?: readonly unknown[];
}

/**
 * A sandbox did not do what was asked.
 *
 * @example
 * ```ts
 * import { PassThrough } from "node:stream";
 * import { GuestSandbox, GuestSandboxError, TtrpcAgent, TtrpcClient } from "guestshare/agent";
 * import { FilesystemShare } from "guestshare/host";
 *
 * const share = new FilesystemShare({ id: "s1" });
 * await share.prepare();
 * await share.shareFile({ id: "c1" }, { source: "/run", destination: "/data" });
 * const agent = new TtrpcAgent(new TtrpcClient(new PassThrough())); // nobody is asked
 * try {
 *   await GuestSandbox.create(agent, share, { id: "s1" });
 * } catch (error) {
 *   if (!(error instanceof GuestSandboxError)) throw error;
 *   console.log(error.trouble, error.subjects.length); // writable-shares 1
 * }
 * await share.cleanup();
 * ```
 */
export class GuestSandboxError extends Error {
  /** Always "GuestSandboxError". */
  override readonly name = "GuestSandboxError";
  /** Why. */
  readonly trouble: GuestSandboxTrouble;
  /** What it is about: names of shares, or the container's id. */
  readonly subjects: readonly string[];
  /** What failed, in order. The first one is the `cause`, too. */
  readonly failures: readonly unknown[];

  /** Of what was not done; the message is written from it. */
  constructor({ act, trouble, subjects = [], failures = [] }: GuestSandboxFailure) {
    const reason = trouble === "failed" ? failures.map(messageOf).join("; ") : reasons[trouble];
    const shown = subjects.slice(0, 5).map((one) => JSON.stringify(one));
    const about = shown.length > 0 ? ` ${shown.join(", ")}${subjects.length > 5 ? ", …" : ""}` : "";
    super(`Cannot ${act}: ${trouble}${about} (${reason})`, { cause: failures[0] });
    this.trouble = trouble;
    this.subjects = subjects;
    this.failures = failures;
  }
}

const messageOf = (failure: unknown) => (failure instanceof Error ? failure.message : String(failure));

/** Throws what failed: nothing, one error as it is, or several as one. */
export function throwAll(act: string, failures: readonly unknown[]): void {
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new GuestSandboxError({ act, trouble: "failed", failures });
}
