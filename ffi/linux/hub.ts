import * as c from "./constants.ts";
import { EEXIST } from "./errno.ts";
import type { Host } from "./host.ts";
import { HUB_ATTRIBUTES, isMadeAsHub, type Mount } from "./mount.ts";
import type { Place } from "./names.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

/** Mounts a tmpfs whose mounts propagate; false where it is there already. */
export function makeHub(host: Host, place: Place, mode: number): boolean {
  const { sys } = host;
  const found = sys.statx(place.directory, place.name);
  if (found.isMountRoot) {
    if ((mustBeHub(host, found).attributes & c.MOUNT_ATTR_RDONLY) === 0) return false;
    const reason = "somebody made the hub read-only, and nothing more can be shared; call cleanup first";
    throw new SyscallError("statx", EEXIST, reason);
  }
  return sys.using(sys.makeTmpfs("guestshare", mode, HUB_ATTRIBUTES), (tree) => {
    sys.set(tree, false, { propagation: c.MS_SHARED });
    sys.attach(tree, place.directory, place.name);
    return true;
  });
}

/** Whether the mount at a place can be a hub: any tmpfs may be shared, so its attributes count too. */
export function isHub({ table }: Host, file: Statx): boolean {
  const mount = table.of(file);
  return isMadeAsHub(mount) && mount?.propagation === c.MS_SHARED;
}

/**
 * The mount of the hub, from what was found in the hub's place.
 *
 * @throws {SyscallError} EEXIST where something else is mounted, or the hub's mounts reach no view any more.
 */
export function mustBeHub({ table }: Host, found: Statx): Mount {
  const mount = table.of(found);
  if (!mount || !isMadeAsHub(mount)) {
    throw new SyscallError("statx", EEXIST, "something else is mounted where shares go; call cleanup first");
  }
  if (mount.propagation === c.MS_SHARED) return mount;
  const reason =
    "somebody made the hub private, and the guest sees no new share any more; call cleanup first";
  throw new SyscallError("statx", EEXIST, reason);
}
