import type { Attribute } from "../../mod.ts";
import { attributesAfter } from "../attributes.ts";
import { isWithin } from "../path.ts";
import { copyTree } from "./copy-tree.ts";
import type { Namespace } from "./namespace.ts";
import type { Shown, SimulatedMount } from "./simulated-mount.ts";

/** How a source is cloned. */
export interface Cloning {
  /** With the mounts below it. */
  readonly recursive: boolean;
  readonly attributes: readonly Attribute[];
}

/** A private detached clone of what a mount shows at a path. */
export function cloneOf(
  namespace: Namespace,
  source: SimulatedMount,
  path: string,
  { recursive, attributes }: Cloning,
): SimulatedMount {
  const copy = (mount: SimulatedMount) => {
    const isTop = mount === source;
    const own = attributesAfter(mount.attributes, attributes, isTop ? "top" : "below");
    const root = isTop ? mount.inFilesystem(path) : mount.root;
    return namespace.detached({ ...shownBy(mount), root, attributes: own });
  };
  const clone = copyTree(source, { copy, has: ({ target }) => recursive && isWithin(target, path) });
  clone.target = path;
  return clone;
}

/** A detached copy of a mount with all below it, of which each is a slave of what it is a copy of. */
export function slaveOf(namespace: Namespace, source: SimulatedMount): SimulatedMount {
  const copy = (mount: SimulatedMount) => {
    const slave = namespace.detached(mount);
    namespace.groups.follow(slave, mount.peerGroup === 0 ? mount.master : mount.peerGroup);
    return slave;
  };
  return copyTree(source, { copy });
}

function shownBy({ device, root, filesystem, source, attributes }: Shown): Shown {
  return { device, root, filesystem, source, attributes };
}
