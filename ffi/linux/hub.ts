import * as c from "./constants.ts";
import { EEXIST } from "./errno.ts";
import type { Machine } from "./machine.ts";
import type { Mount } from "./mount.ts";
import type { Place } from "./place.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

const HUB_ATTRIBUTES = c.MOUNT_ATTR_NOSUID | c.MOUNT_ATTR_NODEV | c.MOUNT_ATTR_NOEXEC;

/** Mounts a tmpfs whose mounts propagate; false where it is there already. */
export function makeHub(machine: Machine, place: Place, mode: number): boolean {
  const { sys } = machine;
  const found = sys.statx(place.directory, place.name);
  if (found.isMountRoot) {
    if ((mustBeHub(machine, found).attributes & c.MOUNT_ATTR_RDONLY) === 0) return false;
    const reason = "somebody made the hub read-only, and nothing more can be shared; call cleanup first";
    throw new SyscallError("statx", EEXIST, reason);
  }
  return sys.using(sys.makeTmpfs("guestshare", mode, HUB_ATTRIBUTES), (tree) => {
    sys.set(tree, false, { propagation: c.MS_SHARED });
    sys.attach(tree, place.directory, place.name);
    return true;
  });
}

/** Whether what is mounted at a place can be a hub: not just any tmpfs, which many hosts make shared. */
export function isHub({ table }: Machine, file: Statx): boolean {
  const mount = table.of(file);
  return isMadeAsHub(mount) && mount?.propagation === c.MS_SHARED;
}

/** Whether a mount was made as hubs are. Somebody may have changed how it propagates. */
export function isMadeAsHub(mount: Mount | undefined): boolean {
  return mount?.fstype === "tmpfs" && (mount.attributes & HUB_ATTRIBUTES) === HUB_ATTRIBUTES;
}

/**
 * The hub, of what was found in its place.
 *
 * @throws {SyscallError} EEXIST where something else is mounted, or the hub's mounts reach no view any more.
 */
export function mustBeHub({ table }: Machine, found: Statx): Mount {
  const mount = table.of(found);
  if (!mount || !isMadeAsHub(mount)) {
    throw new SyscallError("statx", EEXIST, "something else is mounted where shares go; call cleanup first");
  }
  if (mount.propagation === c.MS_SHARED) return mount;
  const reason =
    "somebody made the hub private, and the guest sees no new share any more; call cleanup first";
  throw new SyscallError("statx", EEXIST, reason);
}
