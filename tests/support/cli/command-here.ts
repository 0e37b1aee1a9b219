import { main } from "../../../cli/main.ts";
import { type CommandResult, type CommandSetting, plainEnvironment } from "./run-command.ts";

/** Where a command of this process writes and reads. */
type Place = "pipe" | "terminal";

/** Runs the command in this process, as in a pipe: all but the process itself is the same, and nothing is loaded anew. */
export function commandHere(words: readonly string[], setting?: CommandSetting): Promise<CommandResult> {
  return resultOf(CommandHere.start(words, setting));
}

/** The same as in a terminal of 100 columns that gets these keys. Its two outputs are one there. */
export function terminalHere(words: readonly string[], setting?: CommandSetting): Promise<CommandResult> {
  return resultOf(CommandHere.startInTerminal(words, setting));
}

async function resultOf(command: CommandHere): Promise<CommandResult> {
  const exitCode = await command.end();
  return { exitCode, stdout: command.stdout, stderr: command.stderr };
}

/** A command of this process that goes on until it is told to end. */
export class CommandHere {
  readonly #interrupted = new AbortController();
  readonly #ended: Promise<number>;
  #heard: () => void = () => {};
  stdout = "";
  stderr = "";
  /** Once it has ended. */
  exitCode: number | null = null;

  private constructor(words: readonly string[], setting: CommandSetting, place: Place) {
    const { stdin = "", cwd = process.cwd() } = setting;
    const isTerminal = place === "terminal";
    const outputOf = (name: "stdout" | "stderr") => ({
      ...{ isTerminal, columns: isTerminal ? 100 : 80 },
      write: (text: string) => {
        this[name] += text;
        this.#heard();
      },
    });
    this.#ended = main(words, {
      stdin: { isTerminal, [Symbol.asyncIterator]: () => typed(isTerminal ? linesOf(stdin) : [stdin]) },
      ...{ stdout: outputOf("stdout"), stderr: outputOf(isTerminal ? "stdout" : "stderr") },
      openBytes: () => {
        throw new Error("this command has no bytes");
      },
      env: { ...plainEnvironment, ...(isTerminal && { TERM: "xterm" }), ...setting.env },
      ...{ cwd, signal: this.#interrupted.signal, secondSignal: new AbortController().signal },
    });
    void this.end().then(() => this.#heard());
  }

  /** Starts the command as in a pipe. */
  static start(words: readonly string[], setting: CommandSetting = {}): CommandHere {
    return new CommandHere(words, setting, "pipe");
  }

  /** Starts the command as in a terminal of 100 columns: its two outputs are one there. */
  static startInTerminal(words: readonly string[], setting: CommandSetting = {}): CommandHere {
    return new CommandHere(words, setting, "terminal");
  }

  /** Waits until its standard output has a text. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.stdout)) {
      if (this.exitCode !== null) throw new Error(`it did not say ${pattern}: ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** What Ctrl-C does, and its exit code. */
  interrupt(): Promise<number> {
    this.#interrupted.abort();
    return this.end();
  }

  /** Waits for its end; its exit code. */
  async end(): Promise<number> {
    this.exitCode = await this.#ended;
    return this.exitCode;
  }
}

// Ctrl-D at the beginning of a line ends what a terminal reads.
function linesOf(keys: string): string[] {
  const lines = keys.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const end = lines.findIndex((line) => line.startsWith("\u0004"));
  return end < 0 ? lines : lines.slice(0, end);
}

async function* typed(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}
