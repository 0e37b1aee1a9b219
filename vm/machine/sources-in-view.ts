import type { GuestBind, GuestCopy, GuestMount } from "../guest/guest-mount.ts";

/** The sources of mounts of these kinds that are in the view: paths in it, with "/" before them. */
export function sourcesInView(
  mounts: readonly GuestMount[],
  kinds: readonly (GuestBind | GuestCopy)["kind"][],
): string[] {
  const view = mounts.find(({ kind }) => kind === "view")?.target;
  return mounts.flatMap((mount) => {
    if (mount.kind !== "bind" && mount.kind !== "copy") return [];
    const isOne = view !== undefined && kinds.includes(mount.kind) && mount.source.startsWith(`${view}/`);
    return isOne ? [mount.source.slice(view.length)] : [];
  });
}
