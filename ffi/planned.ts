import { type Plan, RequestError } from "../mod.ts";
import { NotAtHand } from "./linux/at-hand.ts";
import { ENOENT, ENOTDIR } from "./linux/errno.ts";
import type { Host } from "./linux/host.ts";
import { deleted, isDeleted, SourceError } from "./linux/source-error.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { withoutSlashes } from "./source-path.ts";
import { StepError } from "./step-error.ts";

/**
 * A plan of what was seen of the sources. One that the core refuses for what was seen there fails as it does where nobody
 * looked before: with its step of the plan that was made without looking, and by what opening it says.
 *
 * @throws {StepError} for a source that is missing, that is a device, or no directory where the root has to be one.
 * @throws {RequestError} for what is wrong in the request itself.
 */
export function planSeen<P extends Plan>(host: Host, plan: () => P, planUnseen: () => Plan): P {
  try {
    return plan();
  } catch (error) {
    if (!(error instanceof RequestError && isOfSource(error))) throw error;
    const { subject } = error;
    const step = planUnseen().steps.find((one) => "source" in one && isSame(one.source, subject));
    const failure =
      failureToOpen(host, subject) ?? (error.code === "not-a-directory" && notADirectory(subject));
    throw step && failure ? new StepError(step, failure) : error;
  }
}

function isOfSource({ code }: RequestError): boolean {
  return code === "missing-source" || code === "device-source" || code === "not-a-directory";
}

// The source of a copy has no slash at its end.
function isSame(path: string, other: string): boolean {
  return path === other || path === withoutSlashes(other);
}

function notADirectory(path: string): SourceError {
  const reason =
    "not a directory, which a root filesystem has to be, or a disk with its fstype and blockDrive";
  return new SourceError(path, "openat2", ENOTDIR, reason);
}

// Undefined where it can be opened by now. A server is not asked again: it said that nothing is there.
function failureToOpen({ sys, sources }: Host, path: string): SyscallError | undefined {
  try {
    return sys.using(sources.open(path).fd, (fd) => (isDeleted(sys, fd) ? deleted(path) : undefined));
  } catch (error) {
    if (error instanceof NotAtHand) return new SourceError(path, "openat2", ENOENT);
    if (error instanceof SyscallError) return error;
    throw error;
  }
}
