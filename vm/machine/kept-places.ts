import { cleanPath } from "../guest/clean-target.ts";
import type { GuestMount } from "../guest/guest-mount.ts";
import { MACHINE_DIRECTORY, RUN_DIRECTORY } from "./guest-files.ts";
import { MachineError } from "./machine-error.ts";

// What the guest's programs are started by. In a root of their own, its files stand in one place only.
const ownPlaces = [MACHINE_DIRECTORY, RUN_DIRECTORY, "/bin"];
const placesInRoot = [RUN_DIRECTORY];

// The kernel's: something may be mounted below.
const kernelPlaces = ["/dev", "/proc"];

/**
 * Refuses a mount that would hide what the guest itself needs; `hasRoot` is whether its programs have a shared directory as their root.
 *
 * @throws {MachineError} that names the target.
 */
export function checkPlaces(mounts: readonly GuestMount[], hasRoot: boolean): void {
  const own = hasRoot ? placesInRoot : ownPlaces;
  for (const mount of mounts) {
    const target = cleanPath(mount.target);
    const hidden = [...own, ...kernelPlaces].find((place) => isIn(place, target));
    const place = hidden ?? own.find((each) => isIn(target, each));
    if (place === undefined) continue;
    const reason = `the guest itself needs ${place}; choose another target, or share it in a container`;
    throw new MachineError(`have ${JSON.stringify(mount.target)} in the machine`, reason);
  }
}

function isIn(path: string, directory: string): boolean {
  return `${path}/`.startsWith(`${directory}/`);
}
