import { Buffer } from "node:buffer";
import type { Mount } from "./mount.ts";
import { parseMountinfo } from "./mountinfo.ts";
import { paced, type Work } from "./paced.ts";
import { type MountIds, mountIds, statmount, statmountIds, statmountNamespace } from "./statmount.ts";
import type { Statx } from "./structs.ts";
import type { Syscalls } from "./syscalls.ts";

const MOUNTINFO = "/proc/self/mountinfo";
const mountsIn = (bytes: Uint8Array) => parseMountinfo(Buffer.from(bytes).toString("latin1"));

/** Looks up mounts: by statmount (Linux 6.8), which reads one mount; else in /proc/self/mountinfo, which has them all. */
export class MountTable {
  readonly #sys: Syscalls;

  constructor(sys: Syscalls) {
    this.#sys = sys;
  }

  /** The mount that a file is on; undefined where it is none of this namespace. */
  of(file: Statx): Mount | undefined {
    const wanted = file.mountId;
    if (!file.hasUniqueMountId) return this.all().find(({ id }) => id === wanted);
    return statmount(this.#sys, wanted);
  }

  /** All mounts of this namespace. */
  all(): Mount[] {
    return mountsIn(this.#sys.readFile(MOUNTINFO));
  }

  /** The same with pauses: there may be many. */
  *list(): Work<Mount[]> {
    return mountsIn(yield* this.#sys.readLongFile(MOUNTINFO));
  }

  /** The mount with a unique id; undefined where it is none of this namespace, or no more. */
  withId(id: number): Mount | undefined {
    return statmount(this.#sys, id);
  }

  /** The mount that a file is on, and all that hang below it; with pauses. */
  async tree(file: Statx): Promise<Mount[]> {
    if (!file.hasUniqueMountId) {
      const all = await paced(this.list());
      return [...all.filter(({ id }) => id === file.mountId), ...mountsBelow(all, file.mountId)];
    }
    const mounts: Mount[] = [];
    for (const id of [file.mountId, ...mountIds(this.#sys, file.mountId)]) {
      const mount = statmount(this.#sys, id);
      if (mount) mounts.push(mount);
      const pause = this.#sys.pause();
      if (pause) await pause;
    }
    return mounts;
  }

  /** A mount and those that it hangs below, innermost first. */
  *chain(file: Statx): Generator<Mount> {
    const known = file.hasUniqueMountId ? undefined : this.all();
    const find = (id: number) => (known ? known.find((mount) => mount.id === id) : statmount(this.#sys, id));
    let mount = find(file.mountId);
    while (mount) {
      yield mount;
      mount = mount.parent === mount.id ? undefined : find(mount.parent);
    }
  }

  /** The id mappings of the mount that a file is on; undefined where the kernel does not tell (before 6.15). */
  idsOf(file: Statx): MountIds | undefined {
    return file.hasUniqueMountId ? statmountIds(this.#sys, file.mountId) : undefined;
  }

  /** The id of the mount namespace that a file's mount is in; undefined where the kernel does not tell (before 6.11). */
  namespaceIdOf(file: Statx): number | undefined {
    return file.hasUniqueMountId ? statmountNamespace(this.#sys, file.mountId) : undefined;
  }
}

// The mounts that hang below the one with an id.
function mountsBelow(all: readonly Mount[], id: number): Mount[] {
  const children = new Map<number, Mount[]>();
  for (const mount of all) {
    const siblings = children.get(mount.parent);
    if (siblings) siblings.push(mount);
    else children.set(mount.parent, [mount]);
  }
  const found = [...(children.get(id) ?? [])];
  // The list grows while it is gone through, until nothing hangs below its last mounts.
  for (const mount of found) for (const child of children.get(mount.id) ?? []) found.push(child);
  return found;
}
