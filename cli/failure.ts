import { ExitCode } from "./exit-code.ts";

/** What is said of something that failed: three lines for a person, an object for a program. */
export interface Failure {
  /** What failed: the operation, the path, and the errno's name where there is one. */
  readonly what: string;
  /** Why that matters. */
  readonly why: string;
  /** What to do next. */
  readonly next: string;
  /** An errno's name, or the word of a refusal. */
  readonly code?: string;
  /** The address of the page that marks its place. */
  readonly link?: string;
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

/** What was interrupted, and is not there. */
export function interrupted(): CommandError {
  return new CommandError({
    what: "Interrupted",
    why: "what was done before was taken back, and nothing is left behind",
    next: "run it again when it suits you",
    exitCode: ExitCode.interrupted,
  });
}
