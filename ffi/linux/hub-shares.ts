import { Buffer } from "node:buffer";
import { wordsOf } from "./attributes.ts";
import { O_RDONLY, S_IFDIR, S_IFSOCK } from "./constants.ts";
import { ELOOP, ENOTDIR } from "./errno.ts";
import type { Host } from "./host.ts";
import { isHub } from "./hub.ts";
import { HUB, hubIn, isSharedName, USERS } from "./names.ts";
import { paced } from "./paced.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** A share of several containers, as the hub has it. */
export interface HubShare {
  readonly name: string;
  /** Device and inode of what is mounted; absent where nothing is. */
  readonly identity?: string;
  /** OCI's words for the attributes of the share's mount. */
  readonly attributes: readonly string[];
  /** The mode of the directory of its users; 0 without one. */
  readonly mode: number;
  readonly users: readonly string[];
}

/**
 * The shares of several containers in the hub of a sandbox's directory, each with its users. A share that lost its users is
 * known by its name alone.
 */
export function hubSharesIn(host: Host, directory: string): Promise<HubShare[]> {
  return inHub(host, directory, (hub) =>
    sharesInHub(host, hub, (users, name) => usedShare(host, hub, users, name)),
  );
}

/**
 * Of these the ones that a container uses, and those that lost their users: all that unsharing it is about. Of their mounts
 * nothing is said.
 */
export function hubSharesOf(host: Host, directory: string, container: string): Promise<HubShare[]> {
  const { sys } = host;
  return inHub(host, directory, (hub) => {
    let isKnownSize: boolean | undefined;
    return sharesInHub(host, hub, (users, name, count) => {
      isKnownSize ??= sys.statx(users).size === bytesOf(count);
      return isKnownSize ? usedShareOf(host, hub, users, name, container) : usedShare(host, hub, users, name);
    });
  });
}

async function inHub(
  host: Host,
  directory: string,
  list: (hub: number) => Promise<HubShare[]>,
): Promise<HubShare[]> {
  const { sys } = host;
  const sandbox = unlessMissing(() => sys.openPath(directory));
  if (sandbox === undefined) return [];
  let hub: number | undefined;
  try {
    hub = unlessMissing(() => sys.openDirectory(sandbox, HUB, O_RDONLY));
    return hub === undefined ? [] : await list(hub);
  } finally {
    if (hub !== undefined) sys.close(hub);
    sys.close(sandbox);
  }
}

/** Gives the share with this name in the directory of all users, which has `count` entries; undefined for one that is left out. */
type LookAtUsed = (users: number, name: string, count: number) => HubShare | undefined;

async function sharesInHub(host: Host, hub: number, look: LookAtUsed): Promise<HubShare[]> {
  const { sys } = host;
  const found = sys.statx(hub);
  if (!found.isMountRoot || !isHub(host, found)) return [];
  const users = unlessMissing(() => sys.openDirectory(hub, USERS, O_RDONLY));
  const names = new Set<string>();
  const used = users === undefined ? [] : await usedShares(sys, users, names, look);
  const others = sys.list(hub).filter((name) => isSharedName(name) && !names.has(name));
  return [...used, ...(await sharesOf(sys, others, (name) => unusedShare(host, hub, name)))];
}

// Adds to `names` those that it has looked at.
async function usedShares(
  sys: Syscalls,
  users: number,
  names: Set<string>,
  look: LookAtUsed,
): Promise<HubShare[]> {
  try {
    const entries = sys.list(users);
    for (const name of entries) if (isSharedName(name)) names.add(name);
    return await sharesOf(sys, names, (name) => look(users, name, entries.length));
  } finally {
    sys.close(users);
  }
}

async function sharesOf(
  sys: Syscalls,
  names: Iterable<string>,
  shareOf: (name: string) => HubShare | undefined,
): Promise<HubShare[]> {
  const shares: HubShare[] = [];
  for (const name of names) {
    const share = shareOf(name);
    if (share) shares.push(share);
    const pause = sys.pause();
    if (pause) await pause;
  }
  return shares;
}

function usedShare(host: Host, hub: number, users: number, name: string): HubShare | undefined {
  const { sys } = host;
  const share = unlessMissing(() => sys.statx(hub, name));
  let directory: number;
  try {
    directory = sys.openDirectory(users, name, O_RDONLY);
  } catch (error) {
    const isStray = error instanceof SyscallError && (error.errno === ENOTDIR || error.errno === ELOOP);
    if (isStray && !share?.isMountRoot) return undefined;
    throw error;
  }
  return sys.using(directory, () => ({
    name,
    ...mountOf(host, share),
    mode: sys.statx(directory).mode,
    users: sys.list(directory),
  }));
}

// How large a directory of a tmpfs is with so many entries, beside "." and "..": that says whether a share has one user.
const bytesOf = (entries: number) => 20 * (2 + entries);

// One user alone is not listed: it is the container, or the share is none of its own.
function usedShareOf(
  host: Host,
  hub: number,
  users: number,
  name: string,
  container: string,
): HubShare | undefined {
  const { sys } = host;
  const directory = unlessMissing(() => sys.statx(users, name));
  if (directory?.type !== S_IFDIR || directory.size === bytesOf(0)) return usedShare(host, hub, users, name);
  if (!unlessMissing(() => sys.statx(users, `${name}/${container}`))) return undefined;
  if (directory.size !== bytesOf(1)) return usedShare(host, hub, users, name);
  return { name, attributes: [], mode: directory.mode, users: [container] };
}

// A share, or its placeholder, that nobody uses. The directory of a container may have such a name, too, but not a
// placeholder's mode.
function unusedShare(host: Host, hub: number, name: string): HubShare | undefined {
  const share = unlessMissing(() => host.sys.statx(hub, name));
  const isPlaceholder = share?.type === S_IFSOCK || (share?.type === S_IFDIR && share.mode === 0);
  if (!share?.isMountRoot && !isPlaceholder) return undefined;
  return { name, ...mountOf(host, share), mode: 0, users: [] };
}

function mountOf({ table }: Host, share: Statx | undefined): Pick<HubShare, "identity" | "attributes"> {
  if (!share?.isMountRoot) return { attributes: [] };
  return { identity: share.identity, attributes: wordsOf(table.of(share)?.attributes ?? 0) };
}

// A share has one name, or its container's name and one more. What lies deeper is no share of ours.
const DEEPEST = 2;

/** The paths in the hub of a sandbox's directory at which something is mounted, whoever uses it. */
export async function pathsInHub({ sys, table }: Host, directory: string): Promise<string[]> {
  const mounts = await paced(table.list());
  const point = hubIn(sys.using(sys.openPath(directory), (fd) => sys.pathOf(fd)));
  const hub = mounts.findLast((mount) => mount.point === point);
  if (!hub) return [];
  const shares = mounts.filter(({ parent }) => parent === hub.id);
  const paths = shares.map((share) => Buffer.from(share.point.slice(point.length + 1), "latin1").toString());
  return paths.filter((path) => path.split("/").length <= DEEPEST);
}
