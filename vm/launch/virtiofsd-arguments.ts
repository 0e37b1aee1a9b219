import { checkedOptions, extraArguments } from "./extra-arguments.ts";
import { absolutePath, checkNames, oneOf, socketPath } from "./fields.ts";
import { LaunchError } from "./launch-error.ts";
import type { OptionValue } from "./option-value.ts";
import {
  type OptionName,
  optionNames,
  optionRows,
  type Spelling,
  type VirtiofsdKind,
  type VirtiofsdOptions,
} from "./virtiofsd-options.ts";

/** A virtiofsd to start: which one, what it serves, and where. */
export interface VirtiofsdLaunch extends VirtiofsdOptions {
  /** Which program it is. */
  readonly program: VirtiofsdKind;
  /** The socket that it makes for the machine: an absolute path of at most 107 bytes. */
  readonly socket: string;
  /** The directory that it serves: a sandbox's view. */
  readonly directory: string;
  /** More options as a user wrote them, such as Kata's `virtio_fs_extra_args`. Options by name prevail over them. */
  readonly extraArguments?: readonly string[];
  /** What the program prints with `--help`: an option that it has not is refused, or left out if it was not chosen. */
  readonly help?: string;
}

const fieldNames = ["program", "socket", "directory", "extraArguments", "help", ...optionNames];

const defaults: VirtiofsdOptions = {
  sandbox: "namespace",
  seccomp: "kill",
  cache: "auto",
  inodeFileHandles: "never",
  announceSubmounts: false,
};

/**
 * The arguments of a virtiofsd: virtiofsd 1.14.0 (Rust) or that of QEMU 7.2.22 (C). It stays in the foreground and logs to
 * standard error. Options beyond those of `VirtiofsdOptions` do not exist.
 *
 * @throws {LaunchError} for a field that cannot be, or an option that this program does not have.
 *
 * @example
 * ```ts
 * import { virtiofsdArguments } from "guestshare/vm";
 *
 * const where = { socket: "/run/v.sock", directory: "/srv/a,b" };
 * console.log(virtiofsdArguments({ program: "qemu", ...where, cache: "never" }).join(" "));
 * // --socket-path=/run/v.sock -o source=/srv/a\,b,sandbox=namespace,cache=none
 * ```
 */
export function virtiofsdArguments(launch: VirtiofsdLaunch): string[] {
  checkNames(launch, fieldNames, "");
  const program = oneOf(launch.program, "program", ["rust", "qemu"]);
  const socket = socketPath(launch.socket, "socket");
  const directory = absolutePath(launch.directory, "directory");
  const chosen = {
    ...extraArguments(launch.extraArguments ?? []),
    ...checkedOptions(launch),
  } as Partial<Record<OptionName, OptionValue>>;
  const options = { ...defaults, ...chosen } as Partial<Record<OptionName, OptionValue>>;
  const words = optionNames.flatMap((name) => {
    const value = options[name];
    const word = value === undefined ? undefined : argumentOf(program, name, value);
    if (word === undefined || isKnown(word, launch.help)) return word ?? [];
    if (chosen[name] === undefined) return [];
    throw new LaunchError(name, String(value), `is no option of this virtiofsd, which has no ${word}`);
  });
  if (program === "rust") return [`--socket-path=${socket}`, `--shared-dir=${directory}`, ...words];
  const grouped = words.filter((word) => !word.startsWith("--"));
  const apart = words.filter((word) => word.startsWith("--"));
  return [`--socket-path=${socket}`, "-o", [`source=${escaped(directory)}`, ...grouped].join(","), ...apart];
}

/** One option as an argument, or a part of `-o`'s; undefined if it need not be said. */
function argumentOf(program: VirtiofsdKind, name: OptionName, value: OptionValue): string | undefined {
  const spelling = optionRows[name][program];
  if ("always" in spelling) {
    if (value === spelling.always) return undefined;
    throw new LaunchError(
      name,
      String(value),
      `has to be ${JSON.stringify(spelling.always)} for QEMU's own virtiofsd`,
    );
  }
  if (typeof value === "boolean") return (value ? spelling.on : spelling.off) || undefined;
  return `${spelling.on}=${Array.isArray(value) ? value.join(":") : wordOf(spelling, name, value as string | number)}`;
}

function wordOf({ words = {} }: Spelling, name: OptionName, value: string | number): string {
  if (!Object.hasOwn(words, value)) return String(value);
  const word = words[value];
  if (word === undefined) throw new LaunchError(name, value, "is none of the words of QEMU's own virtiofsd");
  return word;
}

function isKnown(word: string, help: string | undefined): boolean {
  return help === undefined || !word.startsWith("--") || help.includes(word.split("=")[0] as string);
}

// fuse_opt.c takes a backslash and a character for that character, also for a comma.
function escaped(path: string): string {
  return path.replace(/[\\,]/g, "\\$&");
}
