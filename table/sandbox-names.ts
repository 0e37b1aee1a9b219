import type { MountAttribute } from "./attributes.ts";

// What is in a sandbox's directory, by the names that plans give it.

/** Where shares are mounted. */
export const HUB = "mounts";

/** What the guest sees of the hub. */
export const VIEW = "shared";

/** What the hub's filesystem is of. */
export const HUB_SOURCE = "guestshare";

/** The attributes of a hub. */
export const hubAttributes: readonly MountAttribute[] = ["nosuid", "nodev", "noexec"];

/** Whether a mount was made as hubs are. Somebody may have changed how it propagates. */
export function isMadeAsHub({
  filesystem,
  attributes,
}: {
  readonly filesystem: string;
  readonly attributes: readonly MountAttribute[];
}): boolean {
  return filesystem === "tmpfs" && hubAttributes.every((word) => attributes.includes(word));
}
