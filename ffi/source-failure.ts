import { type Plan, RequestError } from "../mod.ts";
import { NotAtHand } from "./linux/cached-source.ts";
import { ENOENT, ENOTDIR } from "./linux/errno.ts";
import type { Host } from "./linux/host.ts";
import { deleted, isDeleted, SourceError } from "./linux/source-error.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { withoutSlashes } from "./request-fields.ts";
import { StepError } from "./step-error.ts";

/**
 * The error of a request whose sources were looked at before it was planned. A source that is at fault fails as it does where
 * nobody looked before: with its step of the plan that is made without facts, and by what opening the source says. All other
 * errors stay as they are.
 */
export function sourceFailure(host: Host, error: unknown, planWithoutFacts: () => Plan): unknown {
  if (error instanceof SyscallError) return failureOfLook(error, planWithoutFacts());
  if (error instanceof RequestError && isOfSource(error))
    return failureOfSource(host, error, planWithoutFacts());
  return error;
}

// A source that cannot be looked at: with its step, or the first one. Nothing was done.
function failureOfLook(error: SyscallError, { steps }: Plan): Error {
  const path = error instanceof SourceError ? error.path : undefined;
  const step = steps.find((one) => "source" in one && one.source === path) ?? steps[0];
  return step ? new StepError(step, error) : error;
}

// A source that is missing, that is a device, or no directory where the root has to be one.
function failureOfSource(host: Host, error: RequestError, { steps }: Plan): Error {
  const { subject, code } = error;
  const step = steps.find((one) => "source" in one && isSamePath(one.source, subject));
  const failure = failureToOpen(host, subject) ?? (code === "not-a-directory" && notADirectory(subject));
  return step && failure ? new StepError(step, failure) : error;
}

function isOfSource({ code }: RequestError): boolean {
  return code === "missing-source" || code === "device-source" || code === "not-a-directory";
}

// The source of a copy has no slash at its end.
function isSamePath(path: string, other: string): boolean {
  return path === other || path === withoutSlashes(other);
}

function notADirectory(path: string): SourceError {
  const reason =
    "not a directory, which a root filesystem has to be, or a disk with its fstype and blockDrive";
  return new SourceError(path, "openat2", ENOTDIR, reason);
}

// Undefined where the source can be opened by now. A server is not asked again: it said that nothing is there.
function failureToOpen({ sys, sources }: Host, path: string): SyscallError | undefined {
  try {
    return sys.using(sources.open(path).fd, (fd) => (isDeleted(sys, fd) ? deleted(path) : undefined));
  } catch (error) {
    if (error instanceof NotAtHand) return new SourceError(path, "openat2", ENOENT);
    if (error instanceof SyscallError) return error;
    throw error;
  }
}
