import { shellWord } from "../guest/shell/word.ts";
import { MachineError } from "./machine-error.ts";
import type { TerminalSize } from "./process.ts";
import type { ProgramPlace } from "./process-script.ts";

/** A container of `openShares`: what a program in it starts with. */
export interface MachineContainer {
  /** Its root in the guest. */
  readonly rootPath: string;
  /** Of its config.json. */
  readonly process?: {
    readonly env?: readonly string[];
    readonly cwd?: string;
    readonly user?: MachineUser;
  };
}

/** Whose rights a program has. */
export interface MachineUser {
  /** The user. */
  readonly uid: number;
  /** His group. */
  readonly gid: number;
  /** His other groups. Default: none. */
  readonly additionalGids?: readonly number[];
  /** Which rights new files lack. Default: 0o022. */
  readonly umask?: number;
}

/** How a program runs in a machine. */
export interface RunOptions {
  /** The container whose root, variables, directory and user it has. Default: the guest's own root. */
  readonly in?: MachineContainer;
  /** Variables, beside those of the container. PATH has a default; HOME is of the root's /etc/passwd, or "/". */
  readonly env?: Readonly<Record<string, string>>;
  /** The directory that it starts in. Default: the container's, or "/". In a root that may be written to it is made. */
  readonly cwd?: string;
  /** Whose rights it has. Default: the container's, or root's. */
  readonly user?: MachineUser;
  /** Gives it a terminal of this size. */
  readonly terminal?: TerminalSize;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * A program and where it runs: `top` is the root of the guest's programs, below which containers are.
 *
 * @throws {MachineError} for words that no program can have.
 */
export function placeOf(command: readonly string[], options: RunOptions, top: string): ProgramPlace {
  const { in: container, terminal } = options;
  const own = container?.process;
  const user: MachineUser = options.user ?? own?.user ?? { uid: 0, gid: 0 };
  const { uid, gid, additionalGids: groups = [], umask = 0o022 } = user;
  const env = new Map([["PATH", PATH], ...(terminal ? [["TERM", "xterm"] as const] : [])]);
  for (const word of own?.env ?? []) addVariable(env, word);
  for (const [name, value] of Object.entries(options.env ?? {})) addVariable(env, `${name}=${value}`);
  const place: ProgramPlace = {
    ...{ root: top + (container?.rootPath ?? ""), cwd: options.cwd ?? own?.cwd ?? "/" },
    ...{ uid, gid, groups, umask },
    env: [...env].map(([name, value]) => `${name}=${value}`),
    command: command as [string, ...string[]],
  };
  check(place);
  return place;
}

function addVariable(env: Map<string, string>, word: string): void {
  const at = word.indexOf("=");
  if (at > 0) env.set(word.slice(0, at), word.slice(at + 1));
}

function check({ root, cwd, uid, gid, groups, umask, env, command }: ProgramPlace): void {
  const refuse = (what: string, value: unknown) => {
    throw new MachineError("run a program", `${what}: ${JSON.stringify(value)}`);
  };
  if (command.length === 0 || command[0] === "") refuse("its command is empty", command);
  if (!cwd.startsWith("/")) refuse("its directory is not absolute", cwd);
  if (root !== "" && !root.startsWith("/")) refuse("its root is not absolute", root);
  for (const word of [root, cwd, ...env, ...command])
    if (typeof word !== "string" || word.includes("\0")) refuse("no word has a NUL", word);
  for (const id of [uid, gid, ...groups])
    if (!Number.isInteger(id) || id < 0 || id > 0xfffffffe) refuse("its user has no such number", id);
  if (!Number.isInteger(umask) || umask < 0 || umask > 0o777) refuse("its umask is no such number", umask);
}

/** How a program is called in an error. */
export function nameOf({ command }: ProgramPlace): string {
  return `run ${shellWord(command[0])} in the machine`;
}
