import { O_RDONLY } from "./constants.ts";
import type { Host } from "./host.ts";
import { isHub } from "./hub.ts";
import {
  bytesOf,
  type HubShare,
  LEFT_OUT,
  unusedShare,
  usedShare,
  usedShareLike,
  usedShareOf,
} from "./hub-share.ts";
import { HUB, isSharedName, USERS } from "./names.ts";
import { unlessMissing } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

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

/** Those of these shares that are used and of one of these files, by device and inode: no other can serve a new user. */
export function hubSharesLike(
  host: Host,
  directory: string,
  identities: () => ReadonlySet<string>,
): Promise<HubShare[]> {
  return inHub(host, directory, async (hub) => {
    let wanted: ReadonlySet<string> | undefined;
    const read: ReadUsed = (users, name) => {
      wanted ??= identities();
      return usedShareLike(host, hub, users, name, wanted);
    };
    const used = await usedInHub(host, hub, read);
    return used ? sharesAmong(used) : [];
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

/**
 * Reads a share by its name in the directory of all users, which has `count` entries; undefined for a name that is no directory of
 * users.
 */
type ReadUsed = (users: number, name: string, count: number) => HubShare | typeof LEFT_OUT | undefined;

async function sharesInHub(host: Host, hub: number, read: ReadUsed): Promise<HubShare[]> {
  const { sys } = host;
  const used = await usedInHub(host, hub, read);
  if (!used) return [];
  const names = sys.list(hub).filter((name) => isSharedName(name) && !used.has(name));
  const unused = await readEach(sys, names, (name) => unusedShare(host, hub, name));
  return [...sharesAmong(used), ...unused.values()];
}

type Used = Map<string, HubShare | typeof LEFT_OUT>;

function sharesAmong(used: Used): HubShare[] {
  return [...used.values()].filter((share) => share !== LEFT_OUT);
}

// Undefined where the hub is not mounted.
async function usedInHub(host: Host, hub: number, read: ReadUsed): Promise<Used | undefined> {
  const { sys } = host;
  const found = sys.statx(hub);
  if (!found.isMountRoot || !isHub(host, found)) return undefined;
  const users = unlessMissing(() => sys.openDirectory(hub, USERS, O_RDONLY));
  if (users === undefined) return new Map();
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
