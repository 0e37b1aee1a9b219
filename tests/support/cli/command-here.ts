import { main } from "../../../cli/main.ts";
import { type CommandResult, type CommandSetting, plainEnvironment } from "./run-command.ts";

/** Runs the command in this process, as in a pipe: all but the process itself is the same, and nothing is loaded anew. */
export async function commandHere(
  words: readonly string[],
  { stdin = "", cwd = process.cwd(), env = {} }: CommandSetting = {},
): Promise<CommandResult> {
  const said = { stdout: "", stderr: "" };
  const outputOf = (name: keyof typeof said) => ({
    ...{ isTerminal: false, columns: 80 },
    write: (text: string) => {
      said[name] += text;
    },
  });
  const { signal } = new AbortController();
  const exitCode = await main(words, {
    stdin: {
      isTerminal: false,
      async *[Symbol.asyncIterator]() {
        yield stdin;
      },
    },
    ...{ stdout: outputOf("stdout"), stderr: outputOf("stderr") },
    openBytes: () => {
      throw new Error("this command has no bytes");
    },
    ...{ env: { ...plainEnvironment, ...env }, cwd, signal, secondSignal: signal },
  });
  return { exitCode, ...said };
}
