import { MS_PRIVATE, MS_UNBINDABLE, O_PATH } from "./constants.ts";
import { EEXIST, EINVAL } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Mount } from "./mount.ts";
import type { Place } from "./names.ts";
import type { Statx } from "./structs.ts";
import { failAfter, SyscallError } from "./syscall-error.ts";

/** Binds a directory on itself, private and unbindable; false where the guard was there already, though perhaps repaired. */
export function makeGuard(host: Host, place: Place): boolean {
  const { sys, guards } = host;
  const found = sys.statx(place.directory, place.name);
  if (found.isMountRoot) return repairGuard(host, place, mustBeGuard(host, place, found));
  return sys.using(cloneDirectory(host, place, found), (tree) => {
    sys.attach(tree, place.directory, place.name);
    try {
      // Only an attached mount can be made unbindable.
      sys.set(tree, false, { propagation: MS_UNBINDABLE });
      guards.remember(sys.statx(tree));
    } catch (error) {
      failAfter(error, () => sys.unmountTree(tree));
    }
    return true;
  });
}

/**
 * The mount of the guard on a sandbox's directory, from what was found there.
 *
 * @throws {SyscallError} EEXIST where something else is mounted.
 */
export function mustBeGuard(host: Host, place: Place, found: Statx): Mount {
  const guard = host.guards.on(place, found);
  if (guard) return guard;
  throw new SyscallError("statx", EEXIST, "something else is mounted on the sandbox's directory");
}

/** Makes a guard private and unbindable again, where somebody has changed that. False: the guard is not new. */
export function repairGuard({ sys }: Host, { directory, name }: Place, { propagation }: Mount): false {
  if (propagation === MS_UNBINDABLE) return false;
  sys.using(sys.openDirectory(directory, name, O_PATH), (fd) =>
    sys.set(fd, false, { propagation: MS_UNBINDABLE }),
  );
  return false;
}

function cloneDirectory({ sys, table }: Host, place: Place, found: Statx): number {
  const { directory, name } = place;
  return sys.using(sys.openDirectory(directory, name, O_PATH), (fd) => {
    try {
      return sys.clone(fd, false, { propagation: MS_PRIVATE });
    } catch (error) {
      const isRefused = error instanceof SyscallError && error.errno === EINVAL;
      if (!isRefused || table.of(found)?.propagation !== MS_UNBINDABLE) throw error;
      throw new SyscallError(
        error.call,
        EINVAL,
        "the directory is on an unbindable mount, which the kernel binds nowhere; " +
          "give a hostDir on another mount, or make that one private",
      );
    }
  });
}
