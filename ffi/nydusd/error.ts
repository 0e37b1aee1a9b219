import { oneLine } from "../ttrpc/one-line.ts";

/** A request to nydusd: for its state, to wait until it runs, to mount, or to unmount. */
export type NydusdRequest = "state" | "run" | "mount" | "umount";

/** How a request failed. */
export interface NydusdFailure {
  readonly request: NydusdRequest;
  readonly mountpoint?: string;
  readonly status?: number;
  readonly code: string;
  readonly reason: string;
  readonly isAbsent?: boolean;
  readonly cause?: unknown;
}

/**
 * nydusd refused a request, or did not answer it.
 *
 * @example
 * ```ts
 * import { Nydusd, NydusdError } from "guestshare/host";
 *
 * const nydusd = new Nydusd({ socketPath: "/run/nothing/api.sock" });
 * try {
 *   await nydusd.umount("/rafs/c1/lowerdir");
 * } catch (error) {
 *   if (!(error instanceof NydusdError)) throw error;
 *   console.log(error.code, error.isAbsent); // ENOENT true
 * }
 * ```
 */
export class NydusdError extends Error {
  /** Always "NydusdError". */
  override readonly name = "NydusdError";
  /** What was asked of nydusd. */
  readonly request: NydusdRequest;
  /** The mountpoint in nydusd's filesystem; empty for a request without one. */
  readonly mountpoint: string;
  /** HTTP's status, such as 500; 0 where nydusd gave no whole answer. */
  readonly status: number;
  /** nydusd's own word, which is always "UNDEFINED"; without an answer an errno's name, such as "ETIMEDOUT". */
  readonly code: string;
  /** nydusd's explanation, or why there was no answer. One line of at most 2,000 characters. */
  readonly reason: string;
  /** Whether there is no daemon at all: then its mounts are gone too, and there is nothing to undo. */
  readonly isAbsent: boolean;

  /** Of a request that failed; the message is written from its facts. */
  constructor({
    request,
    mountpoint = "",
    status = 0,
    code,
    reason,
    isAbsent = false,
    cause,
  }: NydusdFailure) {
    const line = oneLine(reason);
    super(`Cannot ${phraseOf(request, mountpoint)}: ${stateOf(status, code, line)}`, { cause });
    this.request = request;
    this.mountpoint = mountpoint;
    this.status = status;
    this.code = code;
    this.reason = line;
    this.isAbsent = isAbsent;
  }

  /** The end of the sentence: `500 UNDEFINED (…)`, or `ETIMEDOUT (…)`. */
  get state(): string {
    return stateOf(this.status, this.code, this.reason);
  }
}

function phraseOf(request: NydusdRequest, mountpoint: string): string {
  switch (request) {
    case "state":
      return "ask nydusd for its state";
    case "run":
      return "wait for nydusd to run";
    case "mount":
      return `mount ${JSON.stringify(mountpoint)} in nydusd`;
    case "umount":
      return `unmount ${JSON.stringify(mountpoint)} in nydusd`;
  }
}

function stateOf(status: number, code: string, reason: string): string {
  const words = [status === 0 ? "" : String(status), code].filter((word) => word !== "");
  return `${words.join(" ")} (${reason})`;
}
