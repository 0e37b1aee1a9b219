import { text } from "./fields.ts";
import { LaunchError } from "./launch-error.ts";
import { type OptionValue, optionValue, writtenValue } from "./option-value.ts";
import {
  type OptionName,
  type OptionRow,
  optionNames,
  optionRows,
  type VirtiofsdOptions,
} from "./virtiofsd-options.ts";

/**
 * The options that a list of virtiofsd's arguments says, as Kata's `virtio_fs_extra_args` has them, in the spelling of either
 * program. What is not among the options is refused: where it serves from, on which socket, how it runs.
 *
 * @throws {LaunchError} with the argument's index.
 *
 * @example
 * ```ts
 * import { extraArguments } from "guestshare/vm";
 *
 * const options = extraArguments(["--thread-pool-size=1", "-o", "announce_submounts,cache=none"]);
 * console.log(JSON.stringify(options)); // {"threadPoolSize":1,"announceSubmounts":true,"cache":"never"}
 * ```
 */
export function extraArguments(list: readonly string[], path = "extraArguments"): VirtiofsdOptions {
  if (!Array.isArray(list)) throw new LaunchError(path, list, "has to be a list");
  const found: Partial<Record<OptionName, OptionValue>> = {};
  for (let index = 0; index < list.length; index += 1) {
    const place = `${path}[${index}]`;
    const word = text(list[index], place);
    if (word.startsWith("-o")) {
      if (word === "-o") index += 1;
      const group = word === "-o" ? following(list, index, place, word) : word.slice(2);
      for (const one of group.split(",")) Object.assign(found, read(one, undefined, `${path}[${index}]`));
    } else {
      const next = isWaiting(word) ? following(list, index + 1, place, word) : undefined;
      Object.assign(found, read(word, next, place));
      if (next !== undefined) index += 1;
    }
  }
  return found as VirtiofsdOptions;
}

/** What one argument says, with the word after it if its value stands there. */
function read(
  word: string,
  next: string | undefined,
  path: string,
): Partial<Record<OptionName, OptionValue>> {
  const [name = "", ...rest] = word.split("=");
  const written = next ?? (word.includes("=") ? rest.join("=") : undefined);
  const option = spelled(name);
  if (option === undefined) throw new LaunchError(path, word, refusalOf(name));
  const row = optionRows[option];
  if (row.takes === "flag") {
    if (written !== undefined) throw new LaunchError(path, word, "takes no value");
    return { [option]: isOn(row, name) };
  }
  if (written === undefined) throw new LaunchError(path, word, "lacks its value");
  return { [option]: writtenValue(row, ownWord(row, written), path, option) };
}

// Values stand in an argument of their own, too: `--cache never`.
function isWaiting(word: string): boolean {
  const option = word.includes("=") ? undefined : spelled(word);
  return option !== undefined && optionRows[option].takes !== "flag";
}

function following(list: readonly string[], index: number, path: string, word: string): string {
  if (index >= list.length) throw new LaunchError(path, word, "lacks its value");
  return text(list[index], path);
}

const spellings: ReadonlyMap<string, OptionName> = new Map(
  optionNames.flatMap((option) => spellingsOf(option).map((name) => [name, option] as const)),
);

function spellingsOf(option: OptionName): string[] {
  const { rust, qemu } = optionRows[option];
  const own = "on" in qemu ? [qemu.on, qemu.off ?? ""] : [];
  return [rust.on, rust.off ?? "", ...own].filter((name) => name !== "");
}

function spelled(name: string): OptionName | undefined {
  return spellings.get(name);
}

function isOn({ rust, qemu }: OptionRow, name: string): boolean {
  return name === rust.on || ("on" in qemu && name === qemu.on);
}

// QEMU's own says "none" and "err" for "never" and "error".
function ownWord({ qemu }: OptionRow, written: string): string {
  const words = "on" in qemu ? Object.entries(qemu.words ?? {}) : [];
  return words.find(([, theirs]) => theirs === written)?.[0] ?? written;
}

const decided: Readonly<Record<string, string>> = {
  source: "names the directory, which the share decides",
  "--shared-dir": "names the directory, which the share decides",
  "--socket-path": "names the socket, which is decided where it is started",
  "--socket": "names the socket, which is decided where it is started",
  "--fd": "names the socket, which is decided where it is started",
};

function refusalOf(name: string): string {
  if (Object.hasOwn(decided, name)) return decided[name] as string;
  return "is none of the options of virtiofsd that may be passed on";
}

/** Checks options that are given by name. */
export function checkedOptions(options: VirtiofsdOptions): Partial<Record<OptionName, OptionValue>> {
  const given = optionNames.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, optionValue(optionRows[name], options[name], name)]));
}
