import { type FoundSandbox, type MountTable, recognise } from "../../table/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { Libc } from "../linux/libc.ts";
import { openLibc } from "../linux/open-libc.ts";
import { paced, type Work } from "../linux/paced.ts";
import { Syscalls } from "../linux/syscalls.ts";
import { readTable } from "./read-table.ts";
import { realDirectory } from "./real-directory.ts";
import { usersIn } from "./users.ts";

/** Which sandboxes are looked for. */
export interface ListOptions {
  /** The directory of the sandboxes. Default: those in any directory are found. */
  readonly hostDir?: string | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

const names: OptionNames<ListOptions> = { hostDir: true, libc: true };

/**
 * The sandboxes in this process's mount namespace, with their shares and who uses them: those of this library, and those that
 * Kata's runtimes made. Any user sees those of his namespace.
 *
 * @example
 * ```ts
 * import { FilesystemShare, listSandboxes } from "guestshare/host";
 *
 * const share = new FilesystemShare({ id: "s1" });
 * await share.prepare();
 * await share.shareFile({ id: "c1" }, { source: "/etc/hostname", destination: "/etc/hostname" });
 * for (const { id, shares } of await listSandboxes()) console.log(id, shares[0]?.source.hostPath); // s1 /etc/hostname
 * await share.cleanup();
 * ```
 */
export async function listSandboxes(options: ListOptions = {}): Promise<FoundSandbox[]> {
  checkOptionNames(options, names);
  const sys = new Syscalls(options.libc ?? (await openLibc()));
  const hostDir = options.hostDir === undefined ? undefined : realDirectory(options.hostDir);
  return await paced(sandboxesIn(sys, hostDir));
}

/** The sandboxes in a directory, or in all, of this namespace. */
export function* sandboxesIn(sys: Syscalls, hostDir: string | undefined): Work<FoundSandbox[]> {
  const table = yield* readTable(sys);
  return yield* withUsers(sys, table, hostDir);
}

/** The sandboxes of a table that was read just now, with who uses their shares. */
export function* withUsers(
  sys: Syscalls,
  table: MountTable,
  hostDir: string | undefined,
): Work<FoundSandbox[]> {
  const found: FoundSandbox[] = [];
  for (const sandbox of recognise(table, { hostDir })) {
    const users = usersIn(sys, sandbox);
    const shares = sandbox.shares.map((share) =>
      Object.hasOwn(users, share.name) ? { ...share, users: users[share.name] } : share,
    );
    found.push({ ...sandbox, shares });
    const pause = sys.pause();
    if (pause) yield pause;
  }
  return found;
}
