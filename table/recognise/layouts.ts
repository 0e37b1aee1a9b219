import type { MountEntry } from "../mount-entry.ts";
import { inFilesystem, type MountTree } from "../mount-tree.ts";
import { HUB, HUB_SOURCE, isMadeAsHub, VIEW } from "../sandbox-names.ts";

/** Who made a sandbox: this library, or Kata's runtime in Go or in Rust. */
export type Layout = "guestshare" | "kata-go" | "kata-rs";

/** Where a layout has things, as paths in a sandbox's directory. */
export interface LayoutPlaces {
  /** Where the shares are. */
  readonly hub: string;
  /** What the guest sees of them. */
  readonly view: string;
  /** Where what is mounted as the view is mounted. */
  readonly viewMount: string;
  /** Where Kata mounts a share before it is one. */
  readonly private?: string;
}

/** The places of each layout. */
export const layoutPlaces: Readonly<Record<Layout, LayoutPlaces>> = {
  guestshare: { hub: HUB, view: VIEW, viewMount: VIEW },
  "kata-go": { hub: HUB, view: VIEW, viewMount: VIEW, private: "private" },
  "kata-rs": { hub: "rw/passthrough", view: "ro/passthrough", viewMount: "ro" },
};

/** A directory that a sandbox was made in. */
export interface SandboxDirectory {
  readonly directory: string;
  readonly layout: Layout;
}

// How the places of hubs and views end.
const [endOfHub, endOfView, endOfReadOnly] = [`/${HUB}`, `/${VIEW}`, "/ro"];

/** The directory of the sandbox that a mount is the hub or the view of; undefined for any other mount. */
export function directoryOf(tree: MountTree, mount: MountEntry): SandboxDirectory | undefined {
  // Most mounts are neither, and are told by this alone.
  const { target } = mount;
  if (!(target.endsWith(endOfHub) || target.endsWith(endOfView) || target.endsWith(endOfReadOnly)))
    return undefined;
  const cut = target.lastIndexOf("/");
  const directory = target.slice(0, cut);
  const name = target.slice(cut + 1);
  if (directory === "") return undefined;
  if ((name === HUB || name === VIEW) && isMadeAsHub(mount) && mount.source === HUB_SOURCE)
    return { directory, layout: "guestshare" };
  if (name === VIEW && shows(tree, mount, `${directory}/${HUB}`)) return { directory, layout: "kata-go" };
  if (name === "ro" && shows(tree, mount, `${directory}/rw`)) return { directory, layout: "kata-rs" };
  return undefined;
}

// Whether a mount shows, read-only, the directory at a path beside it.
function shows(tree: MountTree, mount: MountEntry, path: string): boolean {
  const parent = tree.parentOf(mount);
  if (!parent || !mount.attributes.includes("ro")) return false;
  return parent.device === mount.device && mount.root === inFilesystem(parent, path);
}

/** The layout that has a place of this name in a sandbox's directory; undefined where none does. */
export function layoutWith(name: string): Layout | undefined {
  if (name === "rw" || name === "ro") return "kata-rs";
  return name === HUB || name === VIEW || name === "private" ? "kata-go" : undefined;
}
