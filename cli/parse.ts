import { Command, CommanderError, Option } from "commander";
import type { CommandRow, CommonOptions, OptionRow } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { optionsOf } from "./options.ts";
import { refusalOf } from "./refused-words.ts";
import { version } from "./version.ts";

/**
 * Has the command performed that a command line names. Gives its exit code.
 *
 * @throws {CommandError} for a command line that has no meaning, and what the command throws.
 */
export async function parse(rows: readonly CommandRow[], argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = ExitCode.done;
  const program = new Command("guestshare")
    .description("Shares a host's files with the guest of a virtual machine.")
    .version(version, "--version", "print the version")
    .helpCommand(false)
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm: (command) => command.name() });
  settle(program, io);
  for (const row of rows) {
    const command = commandOf(row, io);
    command.action(async () => {
      const run = await row.load();
      exitCode = await run(io, command.args, command.opts<CommonOptions>(), rows);
    });
    program.addCommand(command, { hidden: row.isHidden === true });
  }
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 || argv.length === 0) throw refusalOf(error, rows, argv);
  }
  return exitCode;
}

function commandOf(row: CommandRow, io: Io): Command {
  const command = new Command(row.name).description(row.summary);
  if (row.words) command.arguments(row.words);
  if (row.passesOptions) command.passThroughOptions();
  for (const option of optionsOf(row)) command.addOption(optionOf(option));
  command.addHelpText("after", `\nExample:\n  ${row.example}`);
  settle(command, io);
  return command;
}

function optionOf({ flags, summary, choices, isRepeated }: OptionRow): Option {
  const option = new Option(flags, summary);
  if (choices) option.choices(choices);
  if (isRepeated) option.argParser((value: string, before: string[] = []) => [...before, value]);
  return option;
}

// What is wrong is said by whoever catches it, in the words of all failures.
function settle(command: Command, io: Io): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: () => {},
    outputError: () => {},
    getOutHelpWidth: () => io.stdout.columns,
    getErrHelpWidth: () => io.stderr.columns,
  });
}
