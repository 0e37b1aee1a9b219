import {
  auditFound,
  type Finding,
  type FoundSandbox,
  type MountTable,
  type PlannedSteps,
  recognise,
  type SandboxFiles,
} from "../../table/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { Libc } from "../linux/libc.ts";
import { openLibc } from "../linux/open-libc.ts";
import { paced } from "../linux/paced.ts";
import { Syscalls } from "../linux/syscalls.ts";
import { usedElsewhere } from "./other-namespaces.ts";
import { readTableAtOnce } from "./read-table.ts";
import { realDirectory } from "./real-directory.ts";
import { filesOf } from "./sandbox-files.ts";
import { silentDevices, unansweredDevices } from "./silent-servers.ts";

/** Which sandboxes are audited. */
export interface LiveAuditOptions {
  /** The directory of the sandboxes. Default: those in any directory, but for directories in which nothing is mounted. */
  readonly hostDir?: string | undefined;
  /** The plans that were performed: to find shares that lack an attribute. */
  readonly plans?: readonly PlannedSteps[] | undefined;
  /**
   * How long the server of a share may take to answer a child process, in milliseconds: of any filesystem that is not on this machine.
   * Default: no server is asked, and only FUSE servers are known that leave requests waiting.
   */
  readonly probeTimeoutMs?: number | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

/** How a sandbox is audited. */
export type AuditedBy = Pick<LiveAuditOptions, "plans" | "probeTimeoutMs">;

const names: OptionNames<LiveAuditOptions> = {
  ...{ hostDir: true, plans: true, probeTimeoutMs: true, libc: true },
};

/** What was seen of a namespace's sandboxes. */
export interface Seen {
  readonly table: MountTable;
  readonly found: readonly FoundSandbox[];
  readonly files: readonly SandboxFiles[];
}

/** As door.ts has it. */
export async function audit(options: LiveAuditOptions = {}): Promise<Finding[]> {
  checkOptionNames(options, names);
  const sys = new Syscalls(options.libc ?? (await openLibc()));
  const hostDir = options.hostDir === undefined ? undefined : realDirectory(sys, options.hostDir);
  return auditIn(sys, hostDir, options);
}

/** The same, of a directory without links. */
export async function auditIn(sys: Syscalls, hostDir: string | undefined, by: AuditedBy): Promise<Finding[]> {
  return findingsIn(sys, await lookAround(sys, { hostDir }), by);
}

/** What is wrong with the sandboxes that were seen. */
export async function findingsIn(
  sys: Syscalls,
  { table, found, files }: Seen,
  { plans, probeTimeoutMs }: AuditedBy,
): Promise<Finding[]> {
  const silent =
    probeTimeoutMs === undefined
      ? await silentDevices(sys, found)
      : await unansweredDevices(sys, found, probeTimeoutMs);
  return auditFound(table, found, { files, plans, silent });
}

/** Where to look: in the directory of sandboxes, or all; of these only at the one of a directory. */
export interface Where {
  readonly hostDir: string | undefined;
  readonly directory?: string | undefined;
}

/**
 * Looks at the sandboxes in a directory, or in all, of this namespace. A directory in which nothing is mounted here, but in another
 * namespace, is left out: the sandbox lives there.
 */
export async function lookAround(sys: Syscalls, { hostDir, directory: only }: Where): Promise<Seen> {
  const table = await paced(readTableAtOnce(sys));
  const all = recognise(table, { hostDir });
  const found = only === undefined ? all : all.filter(({ directory }) => directory === only);
  // A sandbox that is there is no empty directory.
  const files = await paced(
    filesOf(sys, found, only !== undefined && found.length > 0 ? undefined : hostDir),
  );
  const mounted = new Set(all.map(({ directory }) => directory));
  const empty = files.map(({ directory }) => directory).filter((directory) => !mounted.has(directory));
  if (hostDir === undefined || empty.length === 0) return { table, found, files };
  const { directories } = await usedElsewhere(sys, hostDir, new Set(empty));
  return { table, found, files: files.filter(({ directory }) => !directories.has(directory)) };
}
