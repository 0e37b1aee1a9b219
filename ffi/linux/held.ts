import { wordsOf } from "./attributes.ts";
import { O_RDONLY, S_IFDIR, S_IFSOCK } from "./constants.ts";
import { ELOOP, ENOTDIR } from "./errno.ts";
import type { Host } from "./host.ts";
import { isHub } from "./hub.ts";
import { HUB, isSharedName, USERS } from "./names.ts";
import type { Work } from "./paced.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";
import type { Syscalls } from "./syscalls.ts";

/** A share of several containers, as the hub has it. */
export interface Held {
  readonly name: string;
  /** Device and inode of what is mounted; absent where nothing is. */
  readonly identity?: string;
  /** OCI's words for what its mount has. */
  readonly attributes: readonly string[];
  /** The mode of the directory of its users; 0 without one. */
  readonly mode: number;
  readonly users: readonly string[];
}

/**
 * The shares of several containers in the hub of a sandbox's directory, each with its users. A share that lost its users is
 * known by its name alone.
 */
export function* heldIn(host: Host, directory: string): Work<Held[]> {
  const { sys } = host;
  const sandbox = unlessMissing(() => sys.openPath(directory));
  if (sandbox === undefined) return [];
  let hub: number | undefined;
  try {
    hub = unlessMissing(() => sys.openDirectory(sandbox, HUB, O_RDONLY));
    return hub === undefined ? [] : yield* heldInHub(host, hub);
  } finally {
    if (hub !== undefined) sys.close(hub);
    sys.close(sandbox);
  }
}

function* heldInHub(host: Host, hub: number): Work<Held[]> {
  const { sys } = host;
  const found = sys.statx(hub);
  if (!found.isMountRoot || !isHub(host, found)) return [];
  const users = unlessMissing(() => sys.openDirectory(hub, USERS, O_RDONLY));
  const used = users === undefined ? [] : yield* usedIn(host, hub, users);
  const names = new Set(used.map(({ name }) => name));
  const others = sys.list(hub).filter((name) => isSharedName(name) && !names.has(name));
  return [...used, ...(yield* each(sys, others, (name) => lostAt(host, hub, name)))];
}

function* usedIn(host: Host, hub: number, users: number): Work<Held[]> {
  const { sys } = host;
  try {
    const names = sys.list(users).filter(isSharedName);
    return yield* each(sys, names, (name) => usedAt(host, hub, users, name));
  } finally {
    sys.close(users);
  }
}

function* each(sys: Syscalls, names: readonly string[], look: (name: string) => Held[]): Work<Held[]> {
  const held: Held[] = [];
  for (const name of names) {
    held.push(...look(name));
    const pause = sys.pause();
    if (pause) yield pause;
  }
  return held;
}

function usedAt(host: Host, hub: number, users: number, name: string): Held[] {
  const { sys } = host;
  const share = unlessMissing(() => sys.statx(hub, name));
  let directory: number;
  try {
    directory = sys.openDirectory(users, name, O_RDONLY);
  } catch (error) {
    const isStray = error instanceof SyscallError && (error.errno === ENOTDIR || error.errno === ELOOP);
    if (isStray && !share?.isMountRoot) return [];
    throw error;
  }
  return sys.using(directory, () => [
    { name, ...mountOf(host, share), mode: sys.statx(directory).mode, users: sys.list(directory) },
  ]);
}

// A share, or what it was to be attached to, that nobody uses. The directory of a container may have such a name, too; but
// not a placeholder's mode.
function lostAt(host: Host, hub: number, name: string): Held[] {
  const share = unlessMissing(() => host.sys.statx(hub, name));
  const isPlaceholder = share?.type === S_IFSOCK || (share?.type === S_IFDIR && share.mode === 0);
  return share?.isMountRoot || isPlaceholder ? [{ name, ...mountOf(host, share), mode: 0, users: [] }] : [];
}

function mountOf({ table }: Host, share: Statx | undefined): Pick<Held, "identity" | "attributes"> {
  if (!share?.isMountRoot) return { attributes: [] };
  return { identity: share.identity, attributes: wordsOf(table.of(share)?.attributes ?? 0) };
}
