import type { Spec } from "../../../../ffi/agent/generated/oci_pb.ts";
import { caused, internal } from "./refuse.ts";

const NO_FILE = "No such file or directory (os error 2)";

// The agent makes these in each container's /dev, and takes no bind in their places.
const devices: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  ...{ "/dev/null": [1, 3], "/dev/zero": [1, 5], "/dev/full": [1, 7] },
  ...{ "/dev/tty": [5, 0], "/dev/urandom": [1, 9], "/dev/random": [1, 8] },
};

/** Of these an id consists. */
const id = /^[\p{L}\p{N}][\p{L}\p{N}._-]+$/u;

/**
 * Refuses what the agent refuses of a container's specification, in its words.
 *
 * @throws {TtrpcRefusal} for the first fault.
 */
export function checkSpec(spec: Spec): void {
  const { process, hostname, linux, mounts } = spec;
  const namespaces = (linux?.namespaces ?? []).map(({ type }) => type);
  if (hostname !== "" && !namespaces.includes("uts"))
    throw caused("hostname", "Linux namespace does not contain uts");
  if (isSystemdPath(linux?.cgroupsPath ?? ""))
    throw caused("Establishing a D-Bus connection", `0: I/O error: ${NO_FILE}     1: ${NO_FILE}`);
  if (process && !process.capabilities) throw internal("missing process capabilities");
  for (const { destination, type } of mounts) if (type === "bind") checkPlace(destination);
}

function checkPlace(destination: string): void {
  const [major, minor] = devices[destination] ?? [];
  if (major === undefined) return;
  const owner = "uid: Some(4294967295), gid: Some(4294967295)";
  const device = `path: "${destination}", typ: C, major: ${major}, minor: ${minor}, file_mode: Some(438), ${owner}`;
  throw caused(`Creating container device LinuxDevice { ${device} }`, "EEXIST: File exists");
}

/** Refuses a container's id that the agent takes for none. */
export function checkId(container: string): void {
  if (!id.test(container)) throw internal(`invalid container ID ${container}`);
}

function isSystemdPath(path: string): boolean {
  return /^[\w\-.]*:[\w\-.]*:[\w\-.]*$/.test(path);
}

/** Whether the call that starts the container is never answered, and its lock is kept: it has no /proc. */
export function hangsAtStart({ mounts }: Spec): boolean {
  return !mounts.some(({ destination, type }) => destination === "/proc" && type === "proc");
}

/** Whether the container leaves device nodes in the shared root, so that the next one there is refused. */
export function leavesDevices({ mounts }: Spec): boolean {
  return !mounts.some(({ destination, type }) => destination === "/dev" && type === "tmpfs");
}

/** Whether no other process can join it: it has a PID namespace of its own, which the agent gives it by itself. */
export function refusesMore({ linux }: Spec): boolean {
  return (linux?.namespaces ?? []).some(({ type }) => type === "pid");
}
