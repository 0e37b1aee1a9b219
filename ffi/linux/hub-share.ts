import { wordsOf } from "./attributes.ts";
import { O_RDONLY, S_IFDIR, S_IFSOCK } from "./constants.ts";
import { ELOOP, ENOTDIR } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";

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

/** A share that is left out of the answer. */
export const LEFT_OUT: unique symbol = Symbol("left out");

/** A share with its users, by its name among them; undefined for a name that is no directory of users. */
export function usedShare(
  host: Host,
  hub: number,
  users: number,
  name: string,
  share: Statx | undefined = statxOf(host, hub, name),
): HubShare | undefined {
  const { sys } = host;
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

/** The same of a share of one of these files; the others are left out after a single look. */
export function usedShareLike(
  host: Host,
  hub: number,
  users: number,
  name: string,
  identities: ReadonlySet<string>,
): HubShare | typeof LEFT_OUT | undefined {
  const share = statxOf(host, hub, name);
  if (!share?.isMountRoot || !identities.has(share.identity)) return LEFT_OUT;
  return usedShare(host, hub, users, name, share);
}

/** The size of a tmpfs directory with so many entries beside "." and "..": it says whether a share has one user. */
export const bytesOf = (entries: number): number => 20 * (2 + entries);

/** The same of a share that a container uses. The users are listed only if there are several. */
export function usedShareOf(
  host: Host,
  hub: number,
  users: number,
  name: string,
  container: string,
): HubShare | typeof LEFT_OUT | undefined {
  const { sys } = host;
  const directory = unlessMissing(() => sys.statx(users, name));
  if (directory?.type !== S_IFDIR || directory.size === bytesOf(0)) return usedShare(host, hub, users, name);
  if (!unlessMissing(() => sys.statx(users, `${name}/${container}`))) return LEFT_OUT;
  if (directory.size !== bytesOf(1)) return usedShare(host, hub, users, name);
  return { name, attributes: [], mode: directory.mode, users: [container] };
}

/**
 * A share, or its placeholder, that nobody uses. The directory of a container may have such a name, too, but not a placeholder's
 * mode.
 */
export function unusedShare(host: Host, hub: number, name: string): HubShare | undefined {
  const share = statxOf(host, hub, name);
  const isPlaceholder = share?.type === S_IFSOCK || (share?.type === S_IFDIR && share.mode === 0);
  if (!share?.isMountRoot && !isPlaceholder) return undefined;
  return { name, ...mountOf(host, share), mode: 0, users: [] };
}

function statxOf({ sys }: Host, hub: number, name: string): Statx | undefined {
  return unlessMissing(() => sys.statx(hub, name));
}

function mountOf({ table }: Host, share: Statx | undefined): Pick<HubShare, "identity" | "attributes"> {
  if (!share?.isMountRoot) return { attributes: [] };
  return { identity: share.identity, attributes: wordsOf(table.of(share)?.attributes ?? 0) };
}
