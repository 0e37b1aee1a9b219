import { EEXIST } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./place.ts";
import { SyscallError, unlessMissing } from "./syscall-error.ts";

/** Detaches what is mounted at a place, with all below it; false where nothing is. */
export function unmount({ sys }: Host, place: Place): boolean {
  const found = unlessMissing(() => sys.statx(place.directory, place.name));
  if (!found?.isMountRoot) return false;
  sys.umount(place.directory, place.name);
  return true;
}

/** Detaches a guard, and nothing else that may be mounted there; false where nothing is. */
export function unmountGuard(host: Host, place: Place): boolean {
  const found = unlessMissing(() => host.sys.statx(place.directory, place.name));
  if (!found?.isMountRoot) return false;
  if (!host.guards.on(place, found)) {
    throw new SyscallError(
      "statx",
      EEXIST,
      "something else is mounted on the sandbox's directory; unmount it yourself",
    );
  }
  host.sys.umount(place.directory, place.name);
  return true;
}
