import { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { jsonText } from "./print/json.ts";

/** What is said of something that failed: three lines for a person, an object for a program. */
export interface Failure {
  /** What failed: the operation, the path, and the errno's name where there is one. */
  readonly what: string;
  /** Why that matters. */
  readonly why: string;
  /** What to do next. */
  readonly next: string;
  readonly exitCode: ExitCode;
}

/** A failure that a command knows all about. */
export class CommandError extends Error implements Failure {
  override readonly name = "CommandError";
  readonly what: string;
  readonly why: string;
  readonly next: string;
  readonly exitCode: ExitCode;

  constructor({ what, why, next, exitCode }: Failure, options?: ErrorOptions) {
    super(what, options);
    this.what = what;
    this.why = why;
    this.next = next;
    this.exitCode = exitCode;
  }
}

/** A command line without a meaning. */
export function usageError(what: string, next: string, why = "nothing was done"): CommandError {
  return new CommandError({ what, why, next, exitCode: ExitCode.usage });
}

/** What is said of an error, whatever it is. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) return error;
  return {
    what: error instanceof Error ? error.message : String(error),
    why: "the command ended before its end",
    next: "see `guestshare --help`",
    exitCode: ExitCode.failed,
  };
}

/** Says what failed, and gives the exit code. */
export function report(error: unknown, io: Io, isJson: boolean): ExitCode {
  const { what, why, next, exitCode } = failureOf(error);
  if (isJson) io.stdout.write(jsonText({ error: { what, why, next, exitCode } }));
  else io.stderr.write(`guestshare: ${what}\n  why:  ${why}\n  next: ${next}\n`);
  return exitCode;
}
