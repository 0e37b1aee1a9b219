import { type FoundSandbox, recognise } from "../../table/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import { AT_FDCWD } from "../linux/constants.ts";
import type { Libc } from "../linux/libc.ts";
import { HUB } from "../linux/names.ts";
import { openLibc } from "../linux/open-libc.ts";
import { paced, type Work } from "../linux/paced.ts";
import { Syscalls } from "../linux/syscalls.ts";
import { readTable } from "./read-table.ts";
import { realDirectory } from "./real-directory.ts";
import { usersIn, within } from "./sandbox-files.ts";

/** Which sandboxes are looked for. */
export interface ListOptions {
  /** The directory of the sandboxes. Default: those in any directory are found. */
  readonly hostDir?: string | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

const names: OptionNames<ListOptions> = { hostDir: true, libc: true };

/** As door.ts has it. */
export async function listSandboxes(options: ListOptions = {}): Promise<FoundSandbox[]> {
  checkOptionNames(options, names);
  const sys = new Syscalls(options.libc ?? (await openLibc()));
  const hostDir = options.hostDir === undefined ? undefined : realDirectory(sys, options.hostDir);
  return await paced(sandboxesIn(sys, hostDir));
}

/** The sandboxes in a directory, or in all, of this namespace. */
export function* sandboxesIn(sys: Syscalls, hostDir: string | undefined): Work<FoundSandbox[]> {
  const found: FoundSandbox[] = [];
  for (const sandbox of recognise(yield* readTable(sys), { hostDir })) {
    found.push(withUsers(sys, sandbox));
    const pause = sys.pause();
    if (pause) yield pause;
  }
  return found;
}

function withUsers(sys: Syscalls, sandbox: FoundSandbox): FoundSandbox {
  if (!sandbox.hub) return sandbox;
  const users =
    within(sys, AT_FDCWD, sandbox.directory, (fd) => within(sys, fd, HUB, (hub) => usersIn(sys, hub))) ?? {};
  const shares = sandbox.shares.map((share) => {
    const own = Object.hasOwn(users, share.name) ? users[share.name] : undefined;
    return own ? { ...share, users: own } : share;
  });
  return { ...sandbox, shares };
}
