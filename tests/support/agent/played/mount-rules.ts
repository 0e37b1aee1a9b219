import { posix } from "node:path";
import type { Mount, Spec } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { AgentTraits } from "../agent-traits.ts";
import { caused, internal } from "./refuse.ts";

// The agent makes these in each container's /dev, and takes nothing else in their places.
const devices: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  ...{ "/dev/null": [1, 3], "/dev/zero": [1, 5], "/dev/full": [1, 7] },
  ...{ "/dev/tty": [5, 0], "/dev/urandom": [1, 9], "/dev/random": [1, 8] },
};

const inProc = ["cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "net/dev"];

/** Whether the agent takes a mount for a bind. */
export function isBind({ type, options }: Mount): boolean {
  const isNone = type === "none" || type === "";
  return type === "bind" || (isNone && options.some((option) => option === "bind" || option === "rbind"));
}

/** Where a mount is. The agent itself compares texts, the kernel finds places. */
const placeOf = ({ destination }: Mount) => posix.normalize(destination).replace(/(?<=.)\/$/, "");

/**
 * Refuses what the agent refuses of a container's mounts, in its words.
 *
 * @throws {TtrpcRefusal} for the first fault.
 */
export function checkMounts({ mounts }: Spec, { deviceMode }: AgentTraits): void {
  for (const { destination } of mounts)
    if (!destination.startsWith("/") || destination.includes(".."))
      throw internal(`the mount destination ${destination} is invalid`);
  for (const mount of mounts.filter(isBind)) checkProc(mount);
  if (!hasOwnDevices(mounts)) for (const mount of mounts) checkDevice(placeOf(mount), deviceMode);
}

function checkProc({ destination, source }: Mount): void {
  if (inProc.some((name) => destination === `/proc/${name}`)) return;
  if (destination === "/proc") {
    if (source === "/proc") return;
    throw internal(`${source} cannot be mounted to /proc because it is not of type proc`);
  }
  if (destination.startsWith("/proc"))
    throw internal(`${destination} cannot be mounted because it is inside /proc`);
}

function checkDevice(place: string, mode: number): void {
  const [major, minor] = devices[place] ?? [];
  if (major === undefined) return;
  const owner = "uid: Some(4294967295), gid: Some(4294967295)";
  const device = `path: "${place}", typ: C, major: ${major}, minor: ${minor}, file_mode: Some(${mode}), ${owner}`;
  throw caused(`Creating container device LinuxDevice { ${device} }`, "EEXIST: File exists");
}

const hasOwnDevices = (mounts: readonly Mount[]) =>
  mounts.some((mount) => mount.destination === "/dev" && isBind(mount));

/** Whether the call that starts the container is never answered, and its lock is kept: it has no procfs on /proc. */
export function hangsAtStart({ mounts }: Spec): boolean {
  const last = mounts.findLast((mount) => placeOf(mount) === "/proc");
  return !last || !(last.type === "proc" || (isBind(last) && last.source === "/proc"));
}

/** Where the agent makes device nodes that stay, so that the next container with the same place is refused; else undefined. */
export function devicesPlaceOf({ mounts, root }: Spec): string | undefined {
  if (hasOwnDevices(mounts)) return undefined;
  const last = mounts.findLast((mount) => placeOf(mount) === "/dev");
  if (!last) return root?.path ?? "";
  return isBind(last) ? last.source : undefined;
}
