import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type MountEntry, readMountinfo } from "../../table/mod.ts";
import { isWithin } from "./within.ts";

/** A process that uses a file of a share. */
export interface Holder {
  readonly pid: number;
  /** The program's name. */
  readonly program: string;
  readonly how: "open file" | "working directory" | "root directory" | "program" | "mapped file";
  readonly path: string;
}

/** Who uses files of some shares. */
export interface Holders {
  readonly holders: readonly Holder[];
  /** Processes that this user may not look at. */
  readonly unseen: readonly number[];
}

/**
 * The processes that use files of shares, by any mount of them: in the hub, in the view, and where the view is mounted in another
 * mount namespace, as that of a virtiofsd.
 */
export function holdersOf(hub: string, targets: readonly string[]): Holders {
  const search = new Search(hub, targets);
  const own = Number(readlinkSync("/proc/self"));
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (/^\d+$/.test(name) && pid !== own) search.look(pid);
  }
  return search;
}

/** The mounts by which one mount namespace shows shares. */
interface Shown {
  readonly ids: ReadonlySet<string>;
  readonly targets: readonly string[];
}

const links = [
  ["cwd", "working directory"],
  ["root", "root directory"],
  ["exe", "program"],
] as const;

class Search implements Holders {
  readonly holders: Holder[] = [];
  readonly unseen: number[] = [];
  readonly #hub: string;
  readonly #shares: readonly MountEntry[];
  readonly #namespaces = new Map<string, Shown>();

  constructor(hub: string, targets: readonly string[]) {
    this.#hub = hub;
    const { mounts } = readMountinfo(readFileSync("/proc/self/mountinfo"));
    this.#shares = mounts.filter(({ target }) => targets.some((one) => isWithin(target, one)));
  }

  look(pid: number): void {
    try {
      const { ids, targets } = this.#shownTo(pid);
      if (ids.size === 0) return;
      const hold = this.#heldLink(pid, targets) ?? this.#heldFile(pid, ids) ?? this.#mapped(pid, targets);
      if (!hold) return;
      const program = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
      this.holders.push({ pid, program, ...hold });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // One that is gone meanwhile, or has neither files nor a namespace any more, holds nothing.
      if (code === "EACCES" || code === "EPERM") this.#hide(pid);
      else if (code !== "ENOENT" && code !== "ESRCH" && code !== "EINVAL") throw error;
    }
  }

  // Some machines let nobody look at their first pid, which serves no view.
  #hide(pid: number): void {
    if (pid !== 1) this.unseen.push(pid);
  }

  #shownTo(pid: number): Shown {
    const namespace = readlinkSync(`/proc/${pid}/ns/mnt`);
    const known = this.#namespaces.get(namespace);
    if (known) return known;
    const { mounts } = readMountinfo(readFileSync(`/proc/${pid}/mountinfo`));
    const shown = mounts.filter((mount) => this.#shares.some((share) => this.#isCopy(mount, share)));
    const found = {
      ids: new Set(shown.map(({ id }) => String(id))),
      targets: shown.map(({ target }) => target),
    };
    this.#namespaces.set(namespace, found);
    return found;
  }

  // A mount of the same directory in the hub, in the view, or in a view that is the root of a virtiofsd.
  #isCopy({ device, root, target }: MountEntry, share: MountEntry): boolean {
    if (device !== share.device || root !== share.root) return false;
    const name = share.target.slice(this.#hub.length);
    return target === name || ["/mounts", "/shared"].some((place) => target.endsWith(place + name));
  }

  #heldLink(pid: number, targets: readonly string[]): Pick<Holder, "how" | "path"> | undefined {
    for (const [link, how] of links) {
      const path = readlinkSync(`/proc/${pid}/${link}`);
      if (targets.some((target) => isWithin(path, target))) return { how, path };
    }
    return undefined;
  }

  #heldFile(pid: number, ids: ReadonlySet<string>): Pick<Holder, "how" | "path"> | undefined {
    for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
      const path = pathOn(ids, pid, fd);
      if (path !== undefined) return { how: "open file", path };
    }
    return undefined;
  }

  #mapped(pid: number, targets: readonly string[]): Pick<Holder, "how" | "path"> | undefined {
    for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const path = line.slice(line.indexOf("/"));
      if (line.includes("/") && targets.some((target) => isWithin(path, target)))
        return { how: "mapped file", path };
    }
    return undefined;
  }
}

// What a descriptor leads to, if that is on one of these mounts. It may be closed meanwhile.
function pathOn(mounts: ReadonlySet<string>, pid: number, fd: string): string | undefined {
  try {
    const [, id = ""] = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8")) ?? [];
    return mounts.has(id) ? readlinkSync(`/proc/${pid}/fd/${fd}`) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
