import { places } from "../guest/shell/places.ts";
import { shellWord } from "../guest/shell/word.ts";
import { MACHINE_DIRECTORY, RUN_DIRECTORY } from "./guest-files.ts";

/** Where the guest has the root of its programs, if it is not its own. */
export const GUEST_ROOT: string = `${MACHINE_DIRECTORY}/root`;

/**
 * The script that makes a shared directory the root of the guest's programs: what they write to it is kept in memory, in a layer
 * above. `path` is where the guest has the directory, right below the mount of the device.
 */
export function rootScript(tag: string, path: string): string {
  const view = path.slice(0, path.lastIndexOf("/"));
  const layers = `${MACHINE_DIRECTORY}/layers`;
  const lower = path.replace(/[\\:,]/g, "\\$&"); // as overlayfs reads its options
  return `set -e
mkdir -p ${shellWord(view)} ${layers} ${GUEST_ROOT} ${RUN_DIRECTORY}/bin
mount -t virtiofs ${shellWord(tag)} ${shellWord(view)}
mount -t tmpfs tmpfs ${layers}
mkdir ${layers}/upper ${layers}/work
mount -t overlay -o ${shellWord(`lowerdir=${lower},upperdir=${layers}/upper,workdir=${layers}/work`)} overlay ${GUEST_ROOT}
umount ${shellWord(view)}
${places}
root=${GUEST_ROOT}
# A link there is one of that root, and leads out of it nowhere.
below() {
  locate "$1"
  if [ -L "$at" ]; then echo "too many links at $1"; exit 1; fi
  mkdir -p "$at"
  shift
  mount "$@" "$at"
}
below /proc -t proc proc
below /sys -t sysfs sysfs
below /dev --rbind /dev
below /run -t tmpfs -o mode=755 tmpfs
below /tmp -t tmpfs -o mode=1777 tmpfs
mount --bind /bin ${RUN_DIRECTORY}/bin
below ${RUN_DIRECTORY} --rbind ${RUN_DIRECTORY}
`;
}

/** A script that runs in that root, by the guest's own busybox. */
export function inGuestRoot(script: string): string {
  const busybox = `${RUN_DIRECTORY}/bin`;
  return `[ "$inside" = yes ] || inside=yes PATH=${busybox} exec /bin/chroot ${GUEST_ROOT} ${busybox}/sh "$0"
${script}`;
}
