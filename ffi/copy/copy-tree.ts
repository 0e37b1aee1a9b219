import type { Agent } from "../agent/agent.ts";
import { S_IFDIR } from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import { atSource } from "../linux/source-error.ts";
import { FileCopier } from "./copy-file.ts";
import type { CopyItem } from "./copy-item.ts";
import { rootOf } from "./directories.ts";
import { specialKind } from "./find.ts";
import type { CopyResult } from "./ledger.ts";
import { type OpenedSource, openSource } from "./mounts.ts";
import type { CopyOptions } from "./options.ts";
import { runCopy } from "./run-copy.ts";
import type { TreeTools } from "./tools.ts";
import { TreeCopier } from "./tree.ts";

/**
 * Copies a file or a directory of this host into the guest, through its agent. A link as the source is followed once, as a
 * bind mount of it would be; no link below it is.
 *
 * Contents, kinds, permissions and owners arrive. Times, extended attributes and access control lists do not: the agent's
 * protocol has no place for them. What else cannot be copied is in the result, each by its path.
 *
 * @throws {TypeError} for paths and options that cannot be.
 * @throws {CopyError} where the agent refuses something, or does not answer; where a file cannot be read; and when the
 * signal is aborted. Nothing is open then.
 */
export function copyTree(
  host: Host,
  source: string,
  guestPath: string,
  agent: Agent,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const item = { path: source, guestPath };
  return runCopy(host, item, agent, options, (tools) => copySource(tools, item));
}

async function copySource(tools: TreeTools, item: CopyItem): Promise<void> {
  const { host, mounts } = tools;
  const { sys } = host;
  const special = atSource(item.path, () =>
    sys.using(sys.openPath(item.path), (fd) => specialKind(sys.statx(fd).type)),
  );
  if (special) return tools.ledger.skip(item.path, special);
  const opened = openSource(host, mounts, item.path);
  try {
    // It may be another one than a moment ago, and to open a pipe would wait for a writer.
    const kind = specialKind(opened.file.type);
    if (kind) return tools.ledger.skip(item.path, kind);
    if (opened.file.type === S_IFDIR) await copyDirectory(tools, item, opened);
    else await copyFile(tools, item, opened);
  } finally {
    sys.close(opened.fd);
  }
}

async function copyDirectory(tools: TreeTools, item: CopyItem, { fd, file }: OpenedSource): Promise<void> {
  const tree = new TreeCopier(tools, fd);
  try {
    const root = rootOf(item, file);
    await tree.count(root);
    await tree.copy(root);
  } finally {
    tree.close();
  }
}

async function copyFile(tools: TreeTools, item: CopyItem, { fd, file }: OpenedSource): Promise<void> {
  const { host, sender, ledger, settings } = tools;
  if (settings.total) ledger.total = { entries: 1, bytes: file.size };
  await sender.enter();
  // What the source's descriptor leads to is known to be a file; nobody can put anything else there.
  const open = () => host.sys.openFile(`/proc/self/fd/${fd}`);
  const copied = await new FileCopier(tools)
    .copy({ ...item, file }, open)
    .finally(() => sender.lanes.give(1));
  if (copied === "again") tools.ledger.skip(item.path, "vanished");
}
