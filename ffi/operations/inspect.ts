import { dirname } from "node:path";
import type { Finding, FoundShare } from "../../table/mod.ts";
import { checkOptionNames } from "../../words/option-names.ts";
import { paced } from "../linux/paced.ts";
import { type AuditedBy, findingsIn, lookAround } from "../live/audit-inputs.ts";
import { sandboxesIn } from "../live/list-sandboxes.ts";
import { type Maker, makerOf } from "../live/maker.ts";
import { realDirectory } from "../live/real-directory.ts";
import type { Performer } from "../performer.ts";

/** The shares of a sandbox: `FilesystemShare.list`. */
export async function listShares(performer: Performer): Promise<readonly FoundShare[]> {
  const { host } = await performer.open();
  const directory = await directoryOf(performer);
  const found = await paced(sandboxesIn(host.sys, dirname(directory)));
  return found.find((sandbox) => sandbox.directory === directory)?.shares ?? [];
}

/** The process that prepared a sandbox: `FilesystemShare.maker`. */
export async function makerOfSandbox(performer: Performer): Promise<Maker | undefined> {
  const { host } = await performer.open();
  return makerOf(host.sys, await directoryOf(performer));
}

/** What is wrong with a sandbox: `FilesystemShare.audit`. */
export async function auditSandbox(performer: Performer, options: AuditedBy): Promise<readonly Finding[]> {
  checkOptionNames(options, { plans: true, probeTimeoutMs: true });
  const { host } = await performer.open();
  const directory = await directoryOf(performer);
  const seen = await lookAround(host.sys, { hostDir: dirname(directory), directory });
  const findings = await findingsIn(host.sys, seen, options);
  return findings.filter((finding) => finding.directory === directory);
}

/** The directory of a sandbox as the mount table calls it: without links. */
export async function directoryOf(performer: Performer): Promise<string> {
  const { core, host } = await performer.open();
  const { directory } = core.plan({ op: "cleanup", sandbox: performer.sandbox });
  return `${realDirectory(host.sys, dirname(directory))}/${directory.slice(directory.lastIndexOf("/") + 1)}`;
}
