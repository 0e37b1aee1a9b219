import { MS_PRIVATE, MS_UNBINDABLE, O_PATH } from "./constants.ts";
import { EEXIST } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Mount } from "./mount.ts";
import type { Place } from "./place.ts";
import type { Statx } from "./structs.ts";
import { failAfter, SyscallError } from "./syscall-error.ts";

/** Binds a directory on itself, private and unbindable; false where that is so already. */
export function makeGuard(host: Host, place: Place): boolean {
  const { sys } = host;
  const found = sys.statx(place.directory, place.name);
  if (found.isMountRoot) return completeGuard(host, place, found);
  return sys.using(sys.openDirectory(place.directory, place.name, O_PATH), (fd) =>
    sys.using(sys.clone(fd, false, { propagation: MS_PRIVATE }), (tree) => {
      sys.attach(tree, place.directory, place.name);
      try {
        // Only an attached mount can be made unbindable.
        sys.set(tree, false, { propagation: MS_UNBINDABLE });
      } catch (error) {
        failAfter(error, () => sys.umount(place.directory, place.name));
      }
      return true;
    }),
  );
}

/** Whether what is mounted on a directory is the directory itself, as a guard is. */
export function isGuard(host: Host, file: Statx): boolean {
  return guardOf(host, file) !== undefined;
}

// A process that was killed between the two calls left a guard that is not unbindable yet.
function completeGuard(host: Host, place: Place, found: Statx): boolean {
  const { sys } = host;
  const guard = guardOf(host, found);
  if (!guard) throw new SyscallError("statx", EEXIST, "something else is mounted on the sandbox's directory");
  if (guard.propagation === MS_UNBINDABLE) return false;
  sys.using(sys.openDirectory(place.directory, place.name, O_PATH), (fd) =>
    sys.set(fd, false, { propagation: MS_UNBINDABLE }),
  );
  return true;
}

function guardOf(host: Host, file: Statx): Mount | undefined {
  const [mount, below] = host.table.chain(file);
  if (!mount || !below) return undefined;
  // What it shows of its filesystem has to be what it covers.
  const covered =
    (below.root === "/" ? "" : below.root) + mount.point.slice(below.point === "/" ? 0 : below.point.length);
  return mount.root === covered ? mount : undefined;
}
