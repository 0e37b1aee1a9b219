import type { ListedSandbox } from "../../ffi/mod.ts";
import type { FoundShare, Layout, MountEntry } from "../../table/mod.ts";
import { layoutPlaces } from "../../table/mod.ts";

/** What a mount is to its sandbox. "below" is a mount below a share, and "other" one of somebody else. */
export type Role = "sandbox" | "guard" | "hub" | "view" | "share" | "below" | "other";

/** What a list has of the sandbox of a mount. Of directories that are left, nobody knows who made them. */
export type SandboxOfMount = Pick<ListedSandbox, "id" | "namespace"> & { readonly layout?: Layout };

/** A mount of a sandbox, or a directory of one that has no mount there. */
export interface Filesystem {
  readonly sandbox: SandboxOfMount;
  readonly role: Role;
  /** Where it is. */
  readonly target: string;
  /** Of a directory, and of a mount below a share: none. */
  readonly mount?: MountEntry | undefined;
  readonly share?: FoundShare | undefined;
  /** Of a mount below a share. */
  readonly below?: FoundShare["below"][number] | undefined;
  readonly children: readonly Filesystem[];
}

/** The mounts of sandboxes as trees: each sandbox with its hub, the shares in it, its view, and what others mounted there. */
export function filesystemsOf(sandboxes: readonly ListedSandbox[]): Filesystem[] {
  return sandboxes.map((sandbox) => {
    const { directory, layout, guard, hub, view, shares, others } = sandbox;
    const places = layoutPlaces[layout];
    const shown = shares.map((share) => shareNode(sandbox, share));
    const hubTarget = `${directory}/${places.hub}`;
    const hubNode: Filesystem[] =
      hub || shown.length > 0
        ? [{ sandbox, role: "hub", target: hubTarget, mount: hub, children: shown }]
        : [];
    const children = [
      ...hubNode,
      ...(view ? [leaf(sandbox, "view", view)] : []),
      ...others.map((mount) => leaf(sandbox, "other", mount)),
    ];
    return { sandbox, role: guard ? "guard" : "sandbox", target: directory, mount: guard, children };
  });
}

/** A directory that is left of a sandbox, in which nothing is mounted. */
export function leftOverFilesystem(id: string, directory: string): Filesystem {
  return { sandbox: { id }, role: "sandbox", target: directory, children: [] };
}

function leaf(sandbox: ListedSandbox, role: Role, mount: MountEntry): Filesystem {
  return { sandbox, role, target: mount.target, mount, children: [] };
}

function shareNode(sandbox: ListedSandbox, share: FoundShare): Filesystem {
  const { mount } = share;
  const children = share.below.map((below) => ({
    ...({ sandbox, role: "below", share, below } as const),
    target: `${mount.target}/${below.relative}`,
    children: [],
  }));
  return { ...leaf(sandbox, "share", mount), share, children };
}
