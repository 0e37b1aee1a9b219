import type { Agent } from "../agent/agent.ts";
import type { Host } from "../linux/host.ts";
import { atSource } from "../linux/source-error.ts";
import type { CopyItem } from "./copy-error.ts";
import { type CopySession, inSession } from "./copy-session.ts";
import { Directories, rootOf } from "./directories.ts";
import { DirectoryCopier } from "./directory-copier.ts";
import { type Entry, isDirectory, specialKind } from "./entry.ts";
import { FileCopier } from "./file-copier.ts";
import { Finder } from "./finder.ts";
import type { CopyResult } from "./ledger.ts";
import { openSource } from "./mounts.ts";
import type { CopyOptions } from "./options.ts";

/**
 * Copies a file or a directory of this host into the guest, through its agent. A link as the source is followed once, as a
 * bind mount of it would be; no link below it is.
 *
 * Contents, kinds, permissions and owners arrive. Times, extended attributes and access control lists do not: the agent's
 * protocol has no place for them. The result names everything else that was not copied, each by its path.
 *
 * @throws {TypeError} for paths and options that cannot be.
 * @throws {CopyError} if the agent refuses something, or does not answer; if a file cannot be read; and when the signal is
 * aborted. Nothing is open then.
 */
export function copyTree(
  host: Host,
  source: string,
  guestPath: string,
  agent: Agent,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const item = { path: source, guestPath };
  return inSession(host, item, agent, options, (session) => copySource(session, item));
}

async function copySource(session: CopySession, item: CopyItem): Promise<void> {
  const { host, mounts, ledger } = session;
  const { sys } = host;
  const special = atSource(item.path, () =>
    sys.using(sys.openPath(item.path), (fd) => specialKind(sys.statx(fd).type)),
  );
  if (special) return ledger.skip(item.path, special);
  const { fd, file } = openSource(host, mounts, item.path);
  const directories = new Directories(sys, fd);
  try {
    // It may be another one than a moment ago, and to open a pipe would wait for a writer.
    const kind = specialKind(file.type);
    const root = rootOf(item, file);
    if (kind) ledger.skip(item.path, kind);
    else if (isDirectory(root)) await copyDirectory(session, directories, root);
    else await copyFile(session, directories, root);
  } finally {
    directories.close();
    sys.close(fd);
  }
}

async function copyDirectory(session: CopySession, directories: Directories, root: Entry): Promise<void> {
  const { ledger, settings } = session;
  if (settings.total) ledger.total = await new Finder(session, directories).total(root);
  await new DirectoryCopier(session, directories).copy(root);
}

async function copyFile(session: CopySession, directories: Directories, root: Entry): Promise<void> {
  const { sender, ledger, settings } = session;
  if (settings.total) ledger.total = { entries: 1, bytes: root.file.size };
  await sender.enter();
  try {
    const copied = await new FileCopier(session, directories).copy(root);
    if (copied === "again") ledger.skip(root.path, "vanished");
  } finally {
    sender.lanes.give(1);
  }
}
