import type { Io } from "./io.ts";

/** The options that every command has. */
export interface CommonOptions {
  /** The sandbox. */
  readonly id?: string;
  readonly hostDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color?: "auto" | "always" | "never";
  readonly logLevel?: string;
  readonly engine?: "koffi" | "ffi-rs";
}

/** A command: it gets its words, its options and the rows of all commands, and gives the exit code. */
export type Run<Options extends CommonOptions = CommonOptions> = (
  io: Io,
  words: readonly string[],
  options: Options,
  rows: readonly CommandRow[],
) => Promise<number>;

/** An option of a command. */
export interface OptionRow {
  /** As commander reads them: "-o, --output <file>". */
  readonly flags: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  /** Whether it may be given more than once; then its value is a list. */
  readonly isRepeated?: boolean;
}

/** A command as the command line has it. */
export interface CommandRow {
  readonly name: string;
  /** As commander reads them: "[input]", "<id>", "<path...>". */
  readonly words?: string;
  /** What its word may be, where that is known. */
  readonly wordChoices?: readonly string[];
  /** Whether words that look like options belong to its last word, from its first word on. */
  readonly passesOptions?: boolean;
  /** Whether people do not call it. */
  readonly isHidden?: boolean;
  /** One line. */
  readonly summary: string;
  readonly example: string;
  readonly options?: readonly OptionRow[];
  /** The common options that mean nothing to it. */
  readonly without?: readonly ("id" | "hostDir")[];
  /** Loads the command's module. The options that it gets are those of this row. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has options of its own, and the row says which
  load(): Promise<Run<any>>;
}
