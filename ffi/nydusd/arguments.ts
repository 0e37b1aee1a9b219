import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import { socketPathFault } from "../ttrpc/socket-path.ts";

/** How to start nydusd. */
export interface NydusdStart {
  /** The program. */
  readonly path: string;
  /** The socket of its API. */
  readonly apiSocketPath: string;
  /** The vhost-user socket that the hypervisor connects to. */
  readonly socketPath: string;
  /** The directory that is mounted in it at "/containers" once it runs: the sandbox's view. */
  readonly sourcePath: string;
  /** Whether it logs all it does. Default false. */
  readonly debug?: boolean | undefined;
  /** Whether to name the subcommand `virtiofs`: true, but for a nydusd before 2.1, which has none. */
  readonly subcommand?: boolean | undefined;
  /** More arguments, of the few that only tune it: "--hybrid-mode", "--rlimit-nofile", "--log-rotation-size". */
  readonly extraArgs?: readonly string[] | undefined;
}

const names: OptionNames<NydusdStart> = {
  ...{ path: true, apiSocketPath: true, socketPath: true, sourcePath: true },
  ...{ debug: true, subcommand: true, extraArgs: true },
};

/** nydusd cannot be started like this. */
export class NydusdArgumentError extends TypeError {
  /** Always "NydusdArgumentError". */
  override readonly name = "NydusdArgumentError";
  /** The field that is wrong. */
  readonly field: keyof NydusdStart;
  /** The value that it has. */
  readonly value: string;
  /** What is wrong with the value. */
  readonly reason: string;

  /** Of a field, its value, and what is wrong with it. */
  constructor(field: keyof NydusdStart, value: string, reason: string) {
    super(`Cannot start nydusd with ${field} ${JSON.stringify(value)}: ${reason}`);
    this.field = field;
    this.value = value;
    this.reason = reason;
  }
}

/**
 * The arguments that start nydusd as a virtio-fs daemon. `path` and `sourcePath` are not among them, but are checked.
 *
 * An extra argument is taken only if all it does is tune: any other could share another directory, listen elsewhere, take
 * over another daemon's mounts, or write to a file of the host. Whoever trusts where they come from can append them.
 *
 * @throws {NydusdArgumentError} for the first that is wrong, in this order: `socketPath`, `apiSocketPath`, `path`,
 * `sourcePath`, `extraArgs`.
 * @throws {TypeError} for a name that is none of these.
 *
 * @example
 * ```ts
 * import { nydusdArguments } from "guestshare/host";
 *
 * const directory = "/run/vc/vm/s1";
 * const start = {
 *   path: "/usr/local/bin/nydusd",
 *   apiSocketPath: `${directory}/api.sock`,
 *   socketPath: `${directory}/vhost-user.sock`,
 *   sourcePath: "/run/kata-containers/shared/sandboxes/s1/shared",
 * };
 * console.log(nydusdArguments(start).join(" "));
 * // virtiofs --log-level info --apisock /run/vc/vm/s1/api.sock --sock /run/vc/vm/s1/vhost-user.sock
 * ```
 */
export function nydusdArguments(start: NydusdStart): string[] {
  checkOptionNames(start, names);
  const {
    path,
    apiSocketPath,
    socketPath,
    sourcePath,
    debug = false,
    subcommand = true,
    extraArgs = [],
  } = start;
  refuse("socketPath", socketPath, socketPathFault(socketPath)?.reason ?? "");
  refuse("apiSocketPath", apiSocketPath, socketPathFault(apiSocketPath)?.reason ?? "");
  refuse("path", path, wrongPath(path));
  refuse("sourcePath", sourcePath, wrongPath(sourcePath));
  refuseExtra(extraArgs);
  return [
    ...(subcommand ? ["virtiofs"] : []),
    ...["--log-level", debug ? "debug" : "info"],
    ...["--apisock", apiSocketPath],
    ...["--sock", socketPath],
    ...extraArgs,
  ];
}

function refuse(field: keyof NydusdStart, value: unknown, reason: string): void {
  if (reason !== "") throw new NydusdArgumentError(field, String(value), reason);
}

function wrongPath(path: unknown): string {
  if (typeof path !== "string" || !path.startsWith("/")) return "has to be an absolute path";
  return path.includes("\0") ? "has to be without NUL" : "";
}

type Value = "none" | "number";

// The names of all versions. nydusd itself refuses a name that its version does not know.
const tuning: Readonly<Record<string, Value>> = {
  "--hybrid-mode": "none",
  "--rlimit-nofile": "number",
  "--log-rotation-size": "number",
};

function refuseExtra(args: readonly string[]): void {
  const given = new Set<string>();
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    const [, name = "", joined] = /^([^=]*)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    const value = Object.hasOwn(tuning, name) ? tuning[name] : undefined;
    refuse("extraArgs", arg, value === undefined ? "only arguments that tune it may be added" : "");
    refuse("extraArgs", arg, given.has(name) ? "is there twice" : "");
    given.add(name);
    if (value === "none") refuse("extraArgs", arg, joined === undefined ? "" : "takes no value");
    else refuse("extraArgs", arg, /^\d{1,9}$/.test(joined ?? args[++at] ?? "") ? "" : "has to have a number");
  }
}
