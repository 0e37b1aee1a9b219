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
  const { refusal } = allowedPlaces(mounts, hasRoot);
  if (refusal) throw refusal;
}

/** The mounts that would hide nothing of that, and the refusal of the first other one: another program may have shared it. */
export function allowedPlaces(
  mounts: readonly GuestMount[],
  hasRoot: boolean,
): { readonly allowed: readonly GuestMount[]; readonly refusal?: MachineError | undefined } {
  const hidden = mounts.map(({ target }) => hiddenBy(cleanPath(target), hasRoot ? placesInRoot : ownPlaces));
  const first = hidden.findIndex((place) => place !== undefined);
  if (first < 0) return { allowed: mounts };
  const reason = `the guest itself needs ${hidden[first]}; choose another target, or share it in a container`;
  return {
    allowed: mounts.filter((_, at) => hidden[at] === undefined),
    refusal: new MachineError(`have ${JSON.stringify(mounts[first]?.target)} in the machine`, reason),
  };
}

function hiddenBy(target: string, own: readonly string[]): string | undefined {
  const hidden = [...own, ...kernelPlaces].find((place) => isIn(place, target));
  return hidden ?? own.find((each) => isIn(target, each));
}

function isIn(path: string, directory: string): boolean {
  return `${path}/`.startsWith(`${directory}/`);
}
