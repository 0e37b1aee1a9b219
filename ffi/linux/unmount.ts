import { EEXIST } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./names.ts";
import type { RemoteShares } from "./remote-shares.ts";
import type { Statx } from "./structs.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";

/**
 * Detaches the mount at a place, with its submounts; false where nothing is mounted. A promise where the unmount may end a
 * filesystem whose server does not answer.
 */
export function unmount(host: Host, place: Place, remote: RemoteShares): boolean | Promise<boolean> {
  const found = unlessMissing(() => host.sys.statx(place.directory, place.name));
  return found?.isMountRoot ? detach(host, place, found, remote) : false;
}

/** The same of a share, at which something is mounted nearly always: there is no look before. */
export function unmountShare(host: Host, place: Place, remote: RemoteShares): boolean | Promise<boolean> {
  if (remote.isMarked()) return unmount(host, place, remote);
  return host.sys.umount(place.directory, place.name);
}

/** Detaches a guard in the same way; any other mount there is refused. */
export function unmountGuard(host: Host, place: Place, remote: RemoteShares): boolean | Promise<boolean> {
  const found = unlessMissing(() => host.sys.statx(place.directory, place.name));
  if (!found?.isMountRoot) return false;
  if (host.guards.on(place, found)) return detach(host, place, found, remote);
  throw new SyscallError(
    "statx",
    EEXIST,
    "something else is mounted on the sandbox's directory; unmount it yourself",
  );
}

function detach(host: Host, place: Place, found: Statx, remote: RemoteShares): boolean | Promise<boolean> {
  return remote.isMarked()
    ? detachRemote(host, place, found, remote)
    : host.sys.umount(place.directory, place.name);
}

async function detachRemote(host: Host, place: Place, found: Statx, remote: RemoteShares): Promise<boolean> {
  const letGo = await remote.keepAlive(found);
  try {
    return host.sys.umount(place.directory, place.name);
  } finally {
    letGo();
  }
}
