import type { OciMount } from "../../mod.ts";
import { cleanPath, cleanTarget } from "./clean-target.ts";
import type { GuestMount } from "./guest-mount.ts";
import { GuestMountError } from "./guest-mount-error.ts";
import { mountWords } from "./mount-words.ts";

/**
 * A container's own mounts on its root, in order, without those that a later one covers. `storages` are the places of its storages:
 * what is there is bound, whatever its type is.
 */
export function mountsIn(
  root: string,
  mounts: readonly OciMount[],
  storages: ReadonlySet<string>,
): GuestMount[] {
  // A relative destination starts at the root.
  const destinations = mounts.map(({ destination }) => cleanPath(`/${destination}`));
  return mounts.flatMap((mount, index) => {
    const destination = destinations[index] as string;
    const later = destinations.slice(index + 1);
    if (later.some((each) => `${destination}/`.startsWith(`${each}/`))) return [];
    return [mountOf(`${root}${cleanTarget(destination || mount.destination)}`, mount, { root, storages })];
  });
}

function mountOf(
  target: string,
  mount: OciMount,
  { root, storages }: { root: string; storages: ReadonlySet<string> },
): GuestMount {
  const { type = "", source = "", options = [], uidMappings = [], gidMappings = [] } = mount;
  if (uidMappings.length + gidMappings.length > 0) throw new GuestMountError("mappings", mount.destination);
  const isBind = type === "bind" || options.some((word) => /^r?bind$/.test(word));
  if (isBind || (source.startsWith("/") && storages.has(cleanPath(source))))
    return { kind: "bind", filesystem: "bind", source: cleanTarget(source), target, options, root };
  if (type === "") throw new GuestMountError("filesystem", type);
  // A guest has version 2, whichever its host has.
  if (type === "cgroup") {
    const { attributes } = mountWords(options);
    return { kind: "filesystem", filesystem: "cgroup2", source: "cgroup", target, options: attributes, root };
  }
  return { kind: "filesystem", filesystem: type, source: source || type, target, options, root };
}
