import { wordsOf } from "./attributes.ts";
import { O_RDONLY, S_IFDIR, S_IFSOCK } from "./constants.ts";
import { ELOOP, ENOTDIR } from "./errno.ts";
import type { Host } from "./host.ts";
import { isHub } from "./hub.ts";
import { HUB, isSharedName, USERS } from "./names.ts";
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
 * Those of these shares that a container uses, and those that lost their users: unsharing the container changes no others. Their
 * mounts are not looked at.
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

/** A share that only other containers use. */
const OTHERS = Symbol("used by others");

/**
 * Reads a share by its name in the directory of all users, which has `count` entries; undefined for a name that is no directory of
 * users.
 */
type ReadUsed = (users: number, name: string, count: number) => HubShare | typeof OTHERS | undefined;

async function sharesInHub(host: Host, hub: number, read: ReadUsed): Promise<HubShare[]> {
  const { sys } = host;
  const found = sys.statx(hub);
  if (!found.isMountRoot || !isHub(host, found)) return [];
  const users = unlessMissing(() => sys.openDirectory(hub, USERS, O_RDONLY));
  const used = users === undefined ? new Map<string, never>() : await usedShares(sys, users, read);
  const unused = sys.list(hub).filter((name) => isSharedName(name) && !used.has(name));
  const shares = [
    ...used.values(),
    ...(await readEach(sys, unused, (name) => unusedShare(host, hub, name))).values(),
  ];
  return shares.filter((share) => share !== OTHERS);
}

async function usedShares(
  sys: Syscalls,
  users: number,
  read: ReadUsed,
): Promise<Map<string, HubShare | typeof OTHERS>> {
  try {
    const entries = sys.list(users);
    return await readEach(sys, entries.filter(isSharedName), (name) => read(users, name, entries.length));
  } finally {
    sys.close(users);
  }
}

// What is read under each name, but where that is nothing.
async function readEach<T>(
  sys: Syscalls,
  names: readonly string[],
  read: (name: string) => T | undefined,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (const name of names) {
    const value = read(name);
    if (value !== undefined) found.set(name, value);
    const pause = sys.pause();
    if (pause) await pause;
  }
  return found;
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

// The size of a tmpfs directory with so many entries beside "." and "..": it says whether a share has one user.
const bytesOf = (entries: number) => 20 * (2 + entries);

// The users are listed only if there are several: a single user is the container, or the share is not the container's.
function usedShareOf(
  host: Host,
  hub: number,
  users: number,
  name: string,
  container: string,
): HubShare | typeof OTHERS | undefined {
  const { sys } = host;
  const directory = unlessMissing(() => sys.statx(users, name));
  if (directory?.type !== S_IFDIR || directory.size === bytesOf(0)) return usedShare(host, hub, users, name);
  if (!unlessMissing(() => sys.statx(users, `${name}/${container}`))) return OTHERS;
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
