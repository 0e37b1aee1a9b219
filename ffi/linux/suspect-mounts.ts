import { mayHang } from "./cached-source.ts";
import { isSuspect } from "./forbidden-submounts.ts";
import type { Mount } from "./mount.ts";
import type { MountTable } from "./mount-table.ts";
import { mountIds } from "./statmount.ts";
import type { Statx } from "./structs.ts";
import type { Syscalls } from "./syscalls.ts";

// Twice as many as fs.mount-max allows in a namespace.
const MOST_HARMLESS = 200_000;

/**
 * Finds the mounts that a recursive share may have to omit, and those whose server may not answer. A mount's filesystem does
 * not change while the mount has its unique id, so that each harmless mount, as all shares are, is looked up once. A suspect is
 * looked up each time, for mounts move.
 */
export class Suspects {
  readonly #sys: Syscalls;
  readonly #table: MountTable;
  readonly #harmless = new Set<number>();

  constructor(sys: Syscalls, table: MountTable) {
    this.#sys = sys;
    this.#table = table;
  }

  /** The suspects below the mount that a file is on; with pauses. */
  async below(file: Statx): Promise<Mount[]> {
    if (!file.hasUniqueMountId) {
      const [, ...mounts] = await this.#table.tree(file);
      return mounts.filter((mount) => !isHarmless(mount));
    }
    if (this.#harmless.size > MOST_HARMLESS) this.#harmless.clear();
    const mounts: Mount[] = [];
    for (const id of mountIds(this.#sys, file.mountId)) {
      if (this.#harmless.has(id)) continue;
      const mount = this.#table.withId(id);
      if (mount && !isHarmless(mount)) mounts.push(mount);
      else if (mount) this.#harmless.add(id);
      const pause = this.#sys.pause();
      if (pause) await pause;
    }
    return mounts;
  }
}

function isHarmless(mount: Mount): boolean {
  return !isSuspect(mount) && !mayHang(mount.fstype);
}
