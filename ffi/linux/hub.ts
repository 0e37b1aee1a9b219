import * as c from "./constants.ts";
import { EEXIST, ENOENT } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./place.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

const HUB_ATTRIBUTES = c.MOUNT_ATTR_NOSUID | c.MOUNT_ATTR_NODEV | c.MOUNT_ATTR_NOEXEC;

/** Mounts a tmpfs whose mounts propagate; false where it is there already. */
export function makeHub(host: Host, place: Place, mode: number): boolean {
  const { sys } = host;
  const found = sys.statx(place.directory, place.name);
  if (found.isMountRoot) {
    if (isHub(host, found)) return false;
    throw new SyscallError("statx", EEXIST, "something else is mounted where shares go; call cleanup first");
  }
  return sys.using(sys.makeTmpfs("guestshare", mode, HUB_ATTRIBUTES), (tree) => {
    sys.set(tree, false, { propagation: c.MS_SHARED });
    sys.attach(tree, place.directory, place.name);
    return true;
  });
}

/** Whether what is mounted at a place can be a hub: not just any tmpfs, which many hosts make shared. */
export function isHub({ table }: Host, file: Statx): boolean {
  const mount = table.of(file);
  if (mount?.fstype !== "tmpfs" || mount.propagation !== c.MS_SHARED) return false;
  return (mount.attributes & HUB_ATTRIBUTES) === HUB_ATTRIBUTES;
}

/** Attaches a copy of the hub, read-only at its top, that follows the hub; false where it is there already. */
export function makeView(host: Host, hub: Place, place: Place): boolean {
  const { sys } = host;
  return sys.using(sys.openDirectory(hub.directory, hub.name, c.O_PATH), (fd) => {
    const source = sys.statx(fd);
    if (!source.isMountRoot) throw new SyscallError("statx", ENOENT, "the hub is not mounted; call prepare");
    const found = sys.statx(place.directory, place.name);
    if (found.isMountRoot) return foundView(host, found.isSameFile(source), found);
    return sys.using(sys.cloneTree(fd), (tree) => {
      // Shares that are there already keep their attributes: read-only is the top alone.
      sys.set(tree, false, { attributes: c.MOUNT_ATTR_RDONLY });
      sys.set(tree, true, { propagation: c.MS_SLAVE });
      sys.attach(tree, place.directory, place.name);
      return true;
    });
  });
}

function foundView({ table }: Host, isHub: boolean, found: Parameters<typeof table.of>[0]): false {
  const mount = table.of(found);
  const isReadOnly = ((mount?.attributes ?? 0) & c.MOUNT_ATTR_RDONLY) !== 0;
  if (isHub && isReadOnly && mount?.propagation === c.MS_SLAVE) return false;
  throw new SyscallError(
    "statx",
    EEXIST,
    "something else is mounted where the view goes; call cleanup first",
  );
}
