import type { MountEntry } from "../mount-entry.ts";
import type { MountTree } from "../mount-tree.ts";
import { isWithin } from "../path.ts";
import { directoryOf, type Layout, layoutWith, type SandboxDirectory } from "./layouts.ts";

// Kata's directory of sandboxes; in its rootless mode below a user's.
const ofKata =
  /^(?<host>(?:\/.*)?\/run\/kata-containers\/shared\/sandboxes)\/(?<id>[^/]+)(?:\/(?<name>[^/]+))?/s;

interface Found {
  readonly directory: string;
  layout: Layout;
  /** Whether it is known by its hub or view, or by where it is. */
  readonly by: "frame" | "place";
  readonly mounts: MountEntry[];
}

/** The sandboxes of a table, each with the mounts in its directory. */
export class SandboxDirectories {
  readonly #tree: MountTree;
  readonly #hostDir: string | undefined;
  readonly #found = new Map<string, Found>();
  /** The mounts in no sandbox's directory. */
  readonly outside: MountEntry[] = [];
  /** The one that was asked for last: the mounts of a sandbox often come one after the other. */
  #last: Found | undefined;

  /** Of those in one directory, or of all. */
  constructor(tree: MountTree, hostDir: string | undefined) {
    this.#tree = tree;
    this.#hostDir = hostDir;
    for (const mount of tree.mounts) this.#note(directoryOf(tree, mount), "frame");
    const others: MountEntry[] = [];
    for (const mount of tree.mounts) {
      const found = this.#sandboxOf(mount.target);
      if (isOpen(mount, found)) this.#note(this.#byPlace(mount), "place");
      (found?.by === "frame" ? found.mounts : others).push(mount);
    }
    for (const mount of others) (this.#sandboxOf(mount.target)?.mounts ?? this.outside).push(mount);
  }

  /** Each with the mounts in its directory, and on it. */
  *[Symbol.iterator](): Generator<SandboxDirectory & { readonly mounts: readonly MountEntry[] }> {
    yield* this.#found.values();
  }

  #sandboxOf(path: string): Found | undefined {
    if (this.#last && isWithin(path, this.#last.directory)) return this.#last;
    this.#last = this.#find(path);
    return this.#last;
  }

  #find(path: string): Found | undefined {
    const hostDir = this.#hostDir;
    // With a hostDir, no other directory is one of a sandbox.
    if (hostDir !== undefined && !isWithin(path, hostDir)) return undefined;
    const from = hostDir === undefined || hostDir === "/" ? 1 : hostDir.length + 1;
    for (let end = path.indexOf("/", from); end !== -1; end = path.indexOf("/", end + 1)) {
      const found = this.#found.get(path.slice(0, end));
      if (found || hostDir !== undefined) return found;
    }
    return this.#found.get(path);
  }

  #note(found: SandboxDirectory | undefined, by: Found["by"]): void {
    if (!found || !this.#isWanted(found.directory)) return;
    const known = this.#found.get(found.directory);
    if (known) {
      if (found.layout === "guestshare") known.layout = found.layout;
    } else if (!this.#sandboxOf(found.directory)) {
      this.#found.set(found.directory, { ...found, by, mounts: [] });
    }
  }

  #isWanted(directory: string): boolean {
    const hostDir = this.#hostDir;
    return hostDir === undefined || directory.slice(0, directory.lastIndexOf("/")) === hostDir;
  }

  // What a sandbox left that has neither hub nor view is known by where it is.
  #byPlace(mount: MountEntry): SandboxDirectory | undefined {
    const [directory, name] = this.#placeOf(mount.target);
    if (directory === undefined) return undefined;
    if (name === undefined)
      return this.#tree.coversItself(mount) ? { directory, layout: "guestshare" } : undefined;
    const layout = layoutWith(name);
    return layout && { directory, layout };
  }

  #placeOf(target: string): [directory: string | undefined, name: string | undefined] {
    const hostDir = this.#hostDir;
    if (hostDir === undefined) {
      const { host, id, name } = ofKata.exec(target)?.groups ?? {};
      return host === undefined ? [undefined, undefined] : [`${host}/${id}`, name];
    }
    if (target === hostDir || !isWithin(target, hostDir)) return [undefined, undefined];
    const [id, name] = target.slice(hostDir === "/" ? 1 : hostDir.length + 1).split("/");
    return [hostDir === "/" ? `/${id}` : `${hostDir}/${id}`, name];
  }
}

// Whether a mount may still tell a sandbox: one in a directory that is known cannot, nor the guard of what has a hub.
function isOpen({ target }: MountEntry, found: Found | undefined): boolean {
  return !found || (found.directory === target && found.layout !== "guestshare");
}
