import type { GuestBind, GuestCopy, GuestMount } from "../guest/guest-mount.ts";

type Sourced = GuestBind | GuestCopy;

/** The sources of mounts of these kinds that are in the view: paths in it, with "/" before them. */
export function sourcesInView(mounts: readonly GuestMount[], kinds: readonly Sourced["kind"][]): string[] {
  const view = mounts.find(({ kind }) => kind === "view")?.target;
  if (view === undefined) return [];
  const sources = mounts.flatMap((mount) => (isOneOf(mount, kinds) ? [mount.source] : []));
  return sources.filter((source) => source.startsWith(`${view}/`)).map((source) => source.slice(view.length));
}

function isOneOf(mount: GuestMount, kinds: readonly GuestMount["kind"][]): mount is Sourced {
  return kinds.includes(mount.kind);
}
