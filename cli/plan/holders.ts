import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { type MountEntry, readMountinfo } from "../../table/mod.ts";

/** A process that uses a file of a share. */
export interface Holder {
  readonly process: number;
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
    const process = Number(name);
    if (/^\d+$/.test(name) && process !== own) search.look(process);
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

  look(process: number): void {
    try {
      const { ids, targets } = this.#shownTo(process);
      if (ids.size === 0) return;
      const hold =
        this.#heldLink(process, targets) ?? this.#heldFile(process, ids) ?? this.#mapped(process, targets);
      if (!hold) return;
      const program = readFileSync(`/proc/${process}/comm`, "utf8").trim();
      this.holders.push({ process, program, ...hold });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // One that is gone meanwhile, or has neither files nor a namespace any more, holds nothing.
      if (code === "EACCES" || code === "EPERM") this.#hide(process);
      else if (code !== "ENOENT" && code !== "ESRCH" && code !== "EINVAL") throw error;
    }
  }

  // Some machines let nobody look at their first process, which serves no view.
  #hide(process: number): void {
    if (process !== 1) this.unseen.push(process);
  }

  #shownTo(process: number): Shown {
    const namespace = readlinkSync(`/proc/${process}/ns/mnt`);
    const known = this.#namespaces.get(namespace);
    if (known) return known;
    const { mounts } = readMountinfo(readFileSync(`/proc/${process}/mountinfo`));
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

  #heldLink(process: number, targets: readonly string[]): Pick<Holder, "how" | "path"> | undefined {
    for (const [link, how] of links) {
      const path = readlinkSync(`/proc/${process}/${link}`);
      if (targets.some((target) => isWithin(path, target))) return { how, path };
    }
    return undefined;
  }

  #heldFile(process: number, ids: ReadonlySet<string>): Pick<Holder, "how" | "path"> | undefined {
    for (const fd of readdirSync(`/proc/${process}/fdinfo`)) {
      const id = mountOf(process, fd);
      if (id === undefined || !ids.has(id)) continue;
      return { how: "open file", path: readlinkSync(`/proc/${process}/fd/${fd}`) };
    }
    return undefined;
  }

  #mapped(process: number, targets: readonly string[]): Pick<Holder, "how" | "path"> | undefined {
    for (const line of readFileSync(`/proc/${process}/maps`, "utf8").split("\n")) {
      const path = line.slice(line.indexOf("/"));
      if (line.includes("/") && targets.some((target) => isWithin(path, target)))
        return { how: "mapped file", path };
    }
    return undefined;
  }
}

// A descriptor may be closed meanwhile.
function mountOf(process: number, fd: string): string | undefined {
  try {
    return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/${process}/fdinfo/${fd}`, "utf8"))?.[1];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
