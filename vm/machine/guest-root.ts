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
cd ${GUEST_ROOT}
mkdir -p proc sys dev run tmp
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount --bind /bin ${RUN_DIRECTORY}/bin
mkdir -p .${RUN_DIRECTORY}
mount --rbind ${RUN_DIRECTORY} .${RUN_DIRECTORY}
`;
}

/** A script that runs in that root, by the guest's own busybox. */
export function inGuestRoot(script: string): string {
  const busybox = `${RUN_DIRECTORY}/bin`;
  return `[ "$inside" = yes ] || inside=yes PATH=${busybox} exec /bin/chroot ${GUEST_ROOT} ${busybox}/sh "$0"
${script}`;
}
