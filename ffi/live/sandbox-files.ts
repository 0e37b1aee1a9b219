import type { FoundSandbox, SandboxFiles } from "../../table/mod.ts";
import { AT_FDCWD, O_RDONLY, S_IFDIR, S_IFSOCK } from "../linux/constants.ts";
import { ELOOP, ENOENT, ENOTDIR } from "../linux/errno.ts";
import { bytesOf } from "../linux/hub-share.ts";
import { MARK } from "../linux/mark.ts";
import { HUB, USERS, VIEW } from "../linux/names.ts";
import type { Work } from "../linux/paced.ts";
import type { Statx } from "../linux/structs.ts";
import { unlessMissing, unlessOneOf } from "../linux/syscall-error.ts";
import type { Syscalls } from "../linux/syscalls.ts";

// What a sandbox's directory may have in it, of this library and of Kata's runtimes.
const known: ReadonlySet<string> = new Set([HUB, VIEW, MARK, "staging", "private", "rw", "ro"]);

/** Does something with the directory of a name, if that is one and no link. */
export function within<T>(
  sys: Syscalls,
  directory: number,
  name: string,
  look: (fd: number) => T,
): T | undefined {
  const fd = unlessOneOf([ENOENT, ENOTDIR, ELOOP], () => sys.openDirectory(directory, name, O_RDONLY));
  return fd === undefined ? undefined : sys.using(fd, () => look(fd));
}

/** What the files of sandboxes say: of those that were found, and of directories in `hostDir` in which nothing is mounted. */
export function* filesOf(
  sys: Syscalls,
  found: readonly FoundSandbox[],
  hostDir: string | undefined,
): Work<SandboxFiles[]> {
  const files: SandboxFiles[] = [];
  for (const sandbox of found) {
    const own = hasNoFiles(sys, sandbox)
      ? { directory: sandbox.directory, placeholders: [], users: {} }
      : within(sys, AT_FDCWD, sandbox.directory, (fd) => filesIn(sys, fd, sandbox));
    if (own) files.push(own);
    const pause = sys.pause();
    if (pause) yield pause;
  }
  if (hostDir === undefined) return files;
  const directories = new Set(found.map(({ directory }) => directory));
  const isKnown = (name: string) => directories.has(`${hostDir}/${name}`);
  const names = within(sys, AT_FDCWD, hostDir, (fd) => emptyIn(sys, fd, isKnown)) ?? [];
  const empty = names.map((name) => `${hostDir}/${name}`);
  return [...files, ...empty.map((directory) => ({ directory, placeholders: [], users: {} }))];
}

// Directories that have nothing in them but what sandboxes have. Those with mounts are told apart by the table: what is mounted on another
// one is a stranger's, who may not even answer.
function emptyIn(sys: Syscalls, hostDir: number, isKnown: (name: string) => boolean): string[] {
  const isStrangers = (name: string) => unlessMissing(() => sys.statx(hostDir, name))?.isMountRoot !== false;
  const hasNoOther = (fd: number) => sys.list(fd).every((inner) => known.has(inner));
  return sys
    .list(hostDir)
    .filter((name) => !isKnown(name) && !isStrangers(name) && within(sys, hostDir, name, hasNoOther));
}

// Whether a hub has no names but those of its shares, by its size: without one share, that size would say nothing.
function hasNoFiles(sys: Syscalls, { hub, shares }: FoundSandbox): boolean {
  if (!hub || shares.length === 0 || shares.some(({ name }) => name.includes("/"))) return false;
  const found = unlessOneOf([ENOENT, ENOTDIR, ELOOP], () => sys.statx(AT_FDCWD, hub.target));
  return found?.size === bytesOf(shares.length) && found.identity.startsWith(`${hub.device}:`);
}

function filesIn(sys: Syscalls, fd: number, sandbox: FoundSandbox): SandboxFiles {
  const { directory, hub, shares } = sandbox;
  const mounted = new Set(shares.map(({ name }) => name));
  const inHub = hub && within(sys, fd, HUB, (hubFd) => filesInHub(sys, hubFd, mounted));
  return { directory, ...(inHub ?? { placeholders: [], users: {} }) };
}

function filesInHub(
  sys: Syscalls,
  hub: number,
  mounted: ReadonlySet<string>,
): Omit<SandboxFiles, "directory"> {
  const names = sys.list(hub).filter((name) => name !== USERS);
  const placeholders = names.flatMap((name) => placeholdersAt(sys, hub, name, mounted));
  return { placeholders, users: usersIn(sys, hub) };
}

// A name in the hub, or in the directory of a container in it.
function placeholdersAt(sys: Syscalls, hub: number, name: string, mounted: ReadonlySet<string>): string[] {
  const found = mounted.has(name) ? undefined : unlessMissing(() => sys.statx(hub, name));
  if (!found || found.isMountRoot) return [];
  if (isPlaceholder(found)) return [name];
  if (found.type !== S_IFDIR) return [];
  const inner = within(sys, hub, name, (fd) =>
    sys.list(fd).filter((one) => {
      const below = mounted.has(`${name}/${one}`) ? undefined : unlessMissing(() => sys.statx(fd, one));
      return below && !below.isMountRoot && isPlaceholder(below);
    }),
  );
  return (inner ?? []).map((one) => `${name}/${one}`);
}

function isPlaceholder({ type, mode }: Statx): boolean {
  return type === S_IFSOCK || (type === S_IFDIR && mode === 0);
}

/** The containers that use each share of a hub, by the share's name. */
export function usersIn(sys: Syscalls, hub: number): Record<string, string[]> {
  const users: Record<string, string[]> = {};
  within(sys, hub, USERS, (fd) => {
    for (const name of sys.list(fd))
      within(sys, fd, name, (share) => {
        users[name] = sys.list(share);
      });
  });
  return users;
}
