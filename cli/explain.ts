import { ExitCode } from "./exit-code.ts";
import { CommandError, type Failure } from "./failure.ts";
import { nextOf } from "./next-step.ts";

/** What errors of the library have. Their names distinguish them: to import their classes would load the library. */
interface KnownError extends Error {
  readonly code?: string;
  readonly reason?: string;
  readonly nearest?: string;
  readonly command?: string;
  readonly link?: string;
  readonly step?: { readonly op: string; readonly source?: string };
  readonly undo?: readonly KnownError[];
  readonly failures?: readonly KnownError[];
}

/** What is said of an error, whatever it is. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) return error;
  if (!(error instanceof Error)) return unexpected(String(error));
  const known: KnownError = error;
  switch (known.name) {
    case "LinkedError":
      return { ...failureOf(known.cause), ...(known.link && { link: known.link }) };
    case "RequestError":
    case "FormatError":
      return refused(known);
    case "StepError":
      return failedStep(known);
    case "PlanError":
      return failedSteps(known);
    case "ConfigurationFileError":
      return failure(
        known,
        "the command line or the configuration names it",
        "correct the path",
        ExitCode.usage,
      );
    case "SyscallError":
    case "NamespaceError":
      return failure(known, "nothing was changed", nextOf(known.code, known, undefined), exitCodeOf(known));
    case "SharesError":
      return sharesRefused(known);
    case "MachineError":
    case "VirtiofsdError":
      return failedMachine(known);
    case "TypeError":
      return failure(known, "nothing was changed", "correct the value", ExitCode.usage);
    default:
      return unexpected(known.message, known.code);
  }
}

// "Cannot open the shares of "s1": in-use (process 7 has them open; use another id)"
function sharesRefused(error: KnownError): Failure {
  const [, what = error.message, reason = ""] = /^(.*?: [a-z-]+) \((.*)\)$/s.exec(error.message) ?? [];
  const [why = "", ...advice] = reason.split("; ");
  return failure({ ...error, message: what }, why, advice.join("; "), ExitCode.failed);
}

// "…: busybox missing (apt-get install busybox-static)"
function failedMachine({ message, code }: KnownError): Failure {
  const [first = "", ...screen] = message.split("\n");
  const [, what = first, install] = /^(.*) \(((?:apt-get install|name) .*)\)$/.exec(first) ?? [];
  const why =
    screen.length === 0 ? "nothing is left behind" : `its console ended with: ${screen.join(" / ")}`;
  const next = install ?? "run it again with --log-level debug, which shows what came before";
  return { what, why, next, exitCode: ExitCode.failed, ...(code && { code }) };
}

function failure({ message, code }: KnownError, why: string, next: string, exitCode: ExitCode): Failure {
  return { what: message, why, next, exitCode, ...(code && { code }) };
}

function unexpected(what: string, code?: string): Failure {
  const next = "run it again with --log-level debug, which shows what came before";
  return { what, why: "nobody expected it here", next, exitCode: ExitCode.failed, ...(code && { code }) };
}

// "Cannot plan mounts[0].source "a": not-absolute (the path is relative; begin it with '/')"
function refused({ message, code = "", nearest }: KnownError): Failure {
  const [, what = message, reason = ""] = /^(.*?: [a-z0-9-]+) \((.*)\)$/s.exec(message) ?? [];
  const [why = "", ...advice] = reason.split("; ");
  const next =
    nearest === undefined ? (idAdvice[code] ?? shortened(advice.join("; "))) : `write "${nearest}"`;
  return {
    ...{ what, why: `${why}; nothing was done`, code, exitCode: ExitCode.usage },
    next: next || "correct it there",
  };
}

const otherId = "give another one: --id names the sandbox, and --container the container";
const idAdvice: Readonly<Record<string, string>> = { "bad-id": otherId, "reserved-id": otherId };

// Of a long list of words, the first ones.
function shortened(list: string): string {
  const words = list.split(", ");
  return words.length <= 16 ? list : `${words.slice(0, 12).join(", ")}, and ${words.length - 12} more`;
}

function failedStep(error: KnownError): Failure {
  const { undo = [] } = error;
  const cause = error.cause as KnownError | undefined;
  const code = error.code || cause?.code;
  const [what = ""] = error.message.split("; left behind: ");
  const isLeft = undo.length > 0;
  return {
    ...{ what, ...(code && { code }) },
    why: isLeft
      ? `it could not be taken back, and this is left behind: ${undo.map(({ message }) => message).join("; ")}`
      : "nothing is shared, and nothing is left behind",
    next: isLeft
      ? "mend the cause, and then clean up: `guestshare cleanup`"
      : nextOf(code, cause, error.step),
    exitCode: isLeft ? ExitCode.leftBehind : exitCodeOf(cause),
  };
}

function failedSteps({ failures = [], message }: KnownError): Failure {
  const [first] = failures;
  const cause = first?.cause as KnownError | undefined;
  const code = first?.code || cause?.code;
  const exitCode = exitCodeOf(cause);
  const isBegun = exitCode !== ExitCode.busy && cause?.name !== "NamespaceError";
  const more = failures.length > 1 ? `, and ${failures.length - 1} more steps` : "";
  return {
    ...{ what: `${first?.message ?? message}${more}`, ...(code && { code }) },
    why: isBegun
      ? `this is left behind: ${failures.map((one) => one.message).join("; ")}`
      : "nothing was removed",
    next: isBegun ? `${nextOf(code, cause, undefined)}; then run it again` : nextOf(code, cause, undefined),
    exitCode: isBegun ? ExitCode.leftBehind : exitCode,
  };
}

function exitCodeOf(cause: KnownError | undefined): ExitCode {
  return cause?.code === "EAGAIN" ? ExitCode.busy : ExitCode.failed;
}
