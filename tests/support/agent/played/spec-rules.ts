import type { Spec } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { AgentTraits } from "../agent-traits.ts";
import { checkMounts } from "./mount-rules.ts";
import { caused, internal } from "./refuse.ts";

const NO_FILE = "No such file or directory (os error 2)";

/** Of these an id consists. */
const id = /^[\p{L}\p{N}][\p{L}\p{N}._-]+$/u;

/**
 * Refuses what the agent refuses of a container's specification, in its words.
 *
 * @throws {TtrpcRefusal} for the first fault.
 */
export function checkSpec(spec: Spec, traits: AgentTraits): void {
  const { process, hostname, linux } = spec;
  const namespaces = (linux?.namespaces ?? []).map(({ type }) => type);
  if (hostname !== "" && !namespaces.includes("uts"))
    throw caused("hostname", "Linux namespace does not contain uts");
  const hasMappings = [linux?.uidMappings, linux?.gidMappings].some((mappings) => mappings?.length);
  if (hasMappings && !namespaces.includes("user"))
    throw caused("usernamespace", "No user namespace, but uid or gid mapping exists");
  if (isSystemdPath(linux?.cgroupsPath ?? ""))
    throw caused("Establishing a D-Bus connection", `0: I/O error: ${NO_FILE}     1: ${NO_FILE}`);
  if (process && !process.capabilities) throw internal("missing process capabilities");
  checkMounts(spec, traits);
}

/** Refuses a container's id that the agent takes for none. */
export function checkId(container: string): void {
  if (!id.test(container)) throw internal(`invalid container ID ${container}`);
}

function isSystemdPath(path: string): boolean {
  return /^[\w\-.]*:[\w\-.]*:[\w\-.]*$/.test(path);
}

/** Whether no other process can join it: it has a PID namespace of its own, which the agent gives it by itself. */
export function refusesMore({ linux }: Spec): boolean {
  return (linux?.namespaces ?? []).some(({ type }) => type === "pid");
}
