import type { MountTable } from "../mount-entry.ts";
import { treeOf } from "../mount-tree.ts";
import { nameOf } from "../path.ts";
import type { PlannedSteps } from "../predict/predict.ts";
import type { FoundSandbox } from "../recognise/found-sandbox.ts";
import { recognise } from "../recognise/recognise.ts";
import { type AuditedSandbox, Findings, type SandboxFiles } from "./audited-sandbox.ts";
import { auditShares } from "./find-in-shares.ts";
import { auditStrays, ShareGroups } from "./find-strays.ts";
import { type Finding, reasonOf } from "./finding.ts";
import { auditFrame } from "./frame.ts";
import { auditAttributes } from "./planned-attributes.ts";

/** Which sandboxes are audited, and what the table does not tell. */
export interface AuditOptions {
  /** The directory of the sandboxes. Default: those in any directory are audited. */
  readonly hostDir?: string | undefined;
  /** What the files in the sandboxes' directories say, also of directories in which nothing is mounted. */
  readonly files?: readonly SandboxFiles[] | undefined;
  /** The plans that were performed: to find shares that lack an attribute. */
  readonly plans?: readonly PlannedSteps[] | undefined;
  /** The devices of filesystems whose servers do not answer. */
  readonly silent?: ReadonlySet<string> | undefined;
}

/**
 * What is wrong with the sandboxes that a table shows.
 *
 * @example
 * ```ts
 * import { auditTable, readMountinfo } from "guestshare/table";
 *
 * const text = `1 0 254:0 / / rw,relatime - ext4 /dev/vda rw
 * 2 1 254:0 /run/s/s1 /run/s/s1 rw,relatime unbindable - ext4 /dev/vda rw
 * 3 2 0:40 / /run/s/s1/mounts rw,nosuid,nodev,noexec,relatime shared:1 - tmpfs guestshare rw
 * `;
 * for (const { code, why } of auditTable(readMountinfo(text).mounts)) console.log(code, "-", why); // no-view - the guest sees no share
 * ```
 */
export function auditTable(table: MountTable, options: AuditOptions = {}): Finding[] {
  return auditFound(table, recognise(table, options), options);
}

/** The same of sandboxes that `recognise` found in the table. */
export function auditFound(
  table: MountTable,
  found: readonly FoundSandbox[],
  options: Omit<AuditOptions, "hostDir">,
): Finding[] {
  const tree = treeOf(table);
  const files = new Map((options.files ?? []).map((one) => [one.directory, one]));
  const groups = new ShareGroups();
  const audited = found.map((sandbox): AuditedSandbox => {
    const own = files.get(sandbox.directory);
    const one = { sandbox: withUsers(sandbox, own), tree, files: own };
    groups.add(one);
    return one;
  });
  const copies = groups.copiesIn(tree.mounts);
  const findings = audited.flatMap((one) => {
    const own = new Findings(one.sandbox);
    auditFrame(one, own);
    auditShares(one, own, options.silent);
    auditStrays(one, own);
    for (const mount of copies.get(one.sandbox.directory) ?? []) own.addMount("copied-outside", mount);
    auditAttributes(table, one.sandbox, options.plans ?? [], own);
    return own.list;
  });
  const known = new Set(audited.map(({ sandbox }) => sandbox.directory));
  const empty = [...files.keys()].filter((directory) => !known.has(directory));
  return [...findings, ...empty.map(emptySandbox)];
}

function withUsers(sandbox: FoundSandbox, files: SandboxFiles | undefined): FoundSandbox {
  if (!files || Object.keys(files.users).length === 0) return sandbox;
  const shares = sandbox.shares.map((share) => ({ ...share, users: files.users[share.name] ?? [] }));
  return { ...sandbox, shares };
}

function emptySandbox(directory: string): Finding {
  const why = reasonOf("empty-sandbox");
  const mend = { call: "cleanup" } as const;
  return { code: "empty-sandbox", sandbox: nameOf(directory), directory, target: directory, why, mend };
}
