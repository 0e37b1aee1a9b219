import * as c from "./constants.ts";
import { EEXIST, ENOENT } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Mount } from "./mount.ts";
import type { Place } from "./names.ts";
import type { Statx } from "./structs.ts";
import { SyscallError } from "./syscall-error.ts";

/** Attaches a copy of the hub, read-only at its top, that follows the hub; false where it is there already. */
export function makeView(host: Host, hub: Place, place: Place): boolean {
  const { sys } = host;
  return sys.using(sys.openDirectory(hub.directory, hub.name, c.O_PATH), (fd) => {
    const source = sys.statx(fd);
    if (!source.isMountRoot) throw new SyscallError("statx", ENOENT, "the hub is not mounted; call prepare");
    const found = sys.statx(place.directory, place.name);
    if (found.isMountRoot) {
      mustBeView(host, found, { file: source, mount: host.table.of(source) });
      return false;
    }
    return sys.using(sys.clone(fd, true, { propagation: c.MS_SLAVE }), (tree) => {
      // Shares that are there already keep their attributes: read-only is the top alone.
      sys.set(tree, false, { attributes: c.MOUNT_ATTR_RDONLY });
      sys.attach(tree, place.directory, place.name);
      return true;
    });
  });
}

/** A hub: its file, and its mount. */
export interface Hub {
  readonly file: Statx;
  readonly mount: Mount | undefined;
}

/**
 * Accepts the view: a mount that shows the hub, read-only at its top, and follows the hub. The view may be shared itself, as
 * `mount --make-rshared /` makes it.
 *
 * @throws {SyscallError} where the view is gone, is something else, or does not follow the hub.
 */
export function mustBeView({ table }: Host, found: Statx | undefined, hub: Hub): void {
  if (!found?.isMountRoot)
    throw new SyscallError("statx", ENOENT, "the guest's view is not mounted any more; call prepare");
  const mount = table.of(found);
  const isReadOnly = ((mount?.attributes ?? 0) & c.MOUNT_ATTR_RDONLY) !== 0;
  if (!found.isSameFile(hub.file) || !isReadOnly) {
    throw new SyscallError(
      "statx",
      EEXIST,
      "something else is mounted where the view goes; call cleanup first",
    );
  }
  const group = hub.mount?.peerGroup ?? 0;
  if (group !== 0 && mount?.master === group) return;
  const reason =
    "the view does not follow the hub any more, and the guest sees no new share; call cleanup first";
  throw new SyscallError("statx", EEXIST, reason);
}
