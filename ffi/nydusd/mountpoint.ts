/**
 * Whether this is where a container's image is mounted in nydusd: `/rafs/<container id>/lowerdir`, and nothing else.
 *
 * @example
 * ```ts
 * import { isRafsMountpoint } from "guestshare/host";
 *
 * console.log(isRafsMountpoint("/rafs/c1/lowerdir")); // true
 * console.log(isRafsMountpoint("/rafs/../lowerdir")); // false
 * ```
 */
export function isRafsMountpoint(mountpoint: string): boolean {
  return /^\/rafs\/[A-Za-z0-9][A-Za-z0-9_.-]*\/lowerdir$/.test(mountpoint);
}

/**
 * Why a mountpoint is refused; empty where it is fine. nydusd walks "..", ".", and "//", and lists mounts by the text that it
 * was given: only a plain path has one name. A lone surrogate would be sent as another character.
 */
export function wrongMountpoint(mountpoint: string, { isRafs = false }: { isRafs?: boolean } = {}): string {
  if (isRafs && !isRafsMountpoint(mountpoint)) return 'an image\'s place is "/rafs/<container id>/lowerdir"';
  if (!mountpoint.startsWith("/")) return "the mountpoint has to be absolute";
  if (/[\0\p{Surrogate}]/u.test(mountpoint)) return "the mountpoint has to be text without NUL";
  if (/\/(?:\.{0,2})(?:\/|$)/.test(mountpoint) && mountpoint !== "/")
    return "the mountpoint has to be a plain path";
  return "";
}
