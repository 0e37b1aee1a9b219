/** The process of a config.json, as far as it is started without an agent. */
export interface ContainerProcess {
  /** The command and its arguments. */
  readonly args: readonly string[];
  /** The environment: "NAME=value". */
  readonly env: readonly string[];
  /** The working directory, in the container. */
  readonly cwd: string;
  /** The user and his groups. */
  readonly user: ContainerUser;
  /** Whether it has a terminal. */
  readonly terminal: boolean;
}

/** Who a process runs as. */
export interface ContainerUser {
  /** The user. */
  readonly uid: number;
  /** His group. */
  readonly gid: number;
  /** His other groups. */
  readonly additionalGids: readonly number[];
  /** Which rights new files lack, if that is said. */
  readonly umask?: number;
}

/**
 * The process of a config.json that was parsed; what it leaves out has the defaults of the OCI runtime-spec.
 *
 * @throws {TypeError} for a field of a wrong type.
 */
export function processOf(config: unknown): ContainerProcess {
  const process = record((config as { process?: unknown })?.process, "process");
  const user = record(process.user, "process.user");
  const { terminal = false, cwd = "/" } = process;
  const umask = user.umask ?? undefined;
  if (typeof terminal !== "boolean") throw wrong("process.terminal", "a boolean");
  if (typeof cwd !== "string" || !cwd.startsWith("/")) throw wrong("process.cwd", "an absolute path");
  return {
    ...{ args: texts(process.args, "process.args"), env: texts(process.env, "process.env"), cwd, terminal },
    user: {
      uid: idOf(user.uid ?? 0, "process.user.uid"),
      gid: idOf(user.gid ?? 0, "process.user.gid"),
      additionalGids: list(user.additionalGids, "process.user.additionalGids").map((gid, at) =>
        idOf(gid, `process.user.additionalGids[${at}]`),
      ),
      ...(umask !== undefined && { umask: umaskOf(umask) }),
    },
  };
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw wrong(path, "an object");
  return value as Record<string, unknown>;
}

function list(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong(path, "an array");
  return value;
}

function texts(value: unknown, path: string): readonly string[] {
  return list(value, path).map((text, at) => {
    if (typeof text !== "string" || text.includes("\0"))
      throw wrong(`${path}[${at}]`, "a string without a NUL");
    return text;
  });
}

function idOf(value: unknown, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 0xffffffff)
    return value as number;
  throw wrong(path, "a number from 0 to 4294967294");
}

function umaskOf(value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0o777) return value as number;
  throw wrong("process.user.umask", "a number from 0 to 511");
}

function wrong(path: string, expected: string): TypeError {
  return new TypeError(`Cannot read config.json, ${path}: ${expected} expected`);
}
