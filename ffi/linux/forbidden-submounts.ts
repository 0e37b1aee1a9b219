import { isKernelFilesystem } from "../../words/kernel-filesystems.ts";
import { ENOENT } from "./errno.ts";
import { isMadeAsHub, type Mount, pathInFilesystem } from "./mount.ts";
import { HUB, hubIn } from "./names.ts";
import { SyscallError } from "./syscall-error.ts";

/** Why a mount below a source is left out of a share: a filesystem of the kernel's, or another sandbox's shares. */
export type ForbiddenReason = "kernel" | "sandbox";

/** A mount that no share may contain. */
export interface Forbidden {
  readonly mount: Mount;
  readonly reason: ForbiddenReason;
}

/** Whether a mount may be one that no share may contain. Only the mount's tree tells for certain. */
export function isSuspect(mount: Mount): boolean {
  return isKernelFilesystem(mount.fstype) || looksLikeHub(mount);
}

function looksLikeHub(mount: Mount): boolean {
  return mount.point.endsWith(`/${HUB}`) && isMadeAsHub(mount);
}

/** A tree of mounts. */
export class MountTree {
  readonly #top: Mount;
  readonly #mounts = new Map<number, Mount>();
  readonly #byPoint = new Map<string, Mount[]>();

  /** From all mounts of the tree, the top mount first. */
  constructor(mounts: readonly Mount[]) {
    const [top] = mounts;
    if (!top) throw new SyscallError("statmount", ENOENT, "the mount is none of this namespace any more");
    this.#top = top;
    for (const mount of mounts) {
      this.#mounts.set(mount.id, mount);
      const others = this.#byPoint.get(mount.point);
      if (others) others.push(mount);
      else this.#byPoint.set(mount.point, [mount]);
    }
  }

  /** The mounts that no share may contain, without those that hang below another one of them. */
  forbidden(): Forbidden[] {
    const found = new Map<number, Forbidden>();
    for (const mount of this.#mounts.values()) {
      const reason = mount === this.#top ? undefined : this.#reasonOf(mount);
      if (reason) found.set(mount.id, { mount, reason });
    }
    return [...found.values()].filter(({ mount }) => !this.#above(mount).some(({ id }) => found.has(id)));
  }

  /** Where a mount is, from the top of the tree. */
  relative(mount: Mount): string {
    return mount.point.slice(this.#top.point === "/" ? 1 : this.#top.point.length + 1);
  }

  /** Whether a mount of the tree is another one, or hangs below it. */
  isWithin(id: number, mount: Mount): boolean {
    const found = this.#mounts.get(id);
    return found !== undefined && (found === mount || this.#above(found).includes(mount));
  }

  /** The outermost mount that hides a mount: another mount on the way to it; undefined where nothing hides the mount. */
  hiding(mount: Mount): Mount | undefined {
    const way = [mount, ...this.#above(mount)].toReversed();
    for (const [i, parent] of way.entries()) {
      const next = way[i + 1];
      const hiding = next && this.#between(parent, next);
      if (hiding) return hiding;
    }
    return undefined;
  }

  // The outermost of the mounts on the path from one mount to the next one on it.
  #between(parent: Mount, next: Mount): Mount | undefined {
    const from = parent.point === "/" ? 0 : parent.point.length;
    for (let end = from; end !== -1; end = next.point.indexOf("/", end + 1)) {
      const path = next.point.slice(0, end) || "/";
      const found = this.#byPoint.get(path)?.find((one) => one.parent === parent.id && one !== next);
      // A way that begins at the top of the tree is not hidden by a mount on that top.
      if (found && !(parent === this.#top && path === parent.point)) return found;
    }
    return this.#byPoint.get(next.point)?.find((one) => one.parent === parent.id && one !== next);
  }

  #reasonOf(mount: Mount): ForbiddenReason | undefined {
    if (isKernelFilesystem(mount.fstype)) return "kernel";
    return this.#isGuard(mount) ? "sandbox" : undefined;
  }

  // A guard shows the very directory that it covers, and has its hub below.
  #isGuard(mount: Mount): boolean {
    const hubs = this.#byPoint.get(hubIn(mount.point)) ?? [];
    if (!hubs.some((hub) => hub.parent === mount.id && looksLikeHub(hub))) return false;
    const parent = this.#mounts.get(mount.parent);
    return parent !== undefined && mount.root === pathInFilesystem(parent, mount.point);
  }

  // The mounts that one hangs below, innermost first.
  #above(mount: Mount): Mount[] {
    const above: Mount[] = [];
    for (let one = mount; one !== this.#top; ) {
      const parent = this.#mounts.get(one.parent);
      if (!parent) break;
      above.push(parent);
      one = parent;
    }
    return above;
  }
}
