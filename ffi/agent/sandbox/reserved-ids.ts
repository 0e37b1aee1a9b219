import { posix } from "node:path";
import type { AgentStorage } from "../../../mod.ts";
import { GuestSandboxError } from "./sandbox-error.ts";

const AGENT_DIR = "/run/kata-containers";

/**
 * The ids that no container of a sandbox may have: the agent deletes a directory of the container's name when it removes a container,
 * or fails to start it, and storages are mounted below these.
 *
 * @throws {GuestSandboxError} "guest-dir" if a storage is mounted on all of these directories: then each id is one.
 */
export function reservedIds(sandbox: string, storages: readonly AgentStorage[]): ReadonlySet<string> {
  const ids = new Set(["shared", "sandbox", "virtual-volumes", "image"]);
  for (const { mountPoint } of storages) {
    const place = resolved(mountPoint);
    if (`${AGENT_DIR}/`.startsWith(place === "/" ? place : `${place}/`)) {
      const act = `use the sandbox ${JSON.stringify(sandbox)}`;
      throw new GuestSandboxError({ act, trouble: "guest-dir", subjects: [mountPoint] });
    }
    if (place.startsWith(`${AGENT_DIR}/`)) ids.add(place.slice(AGENT_DIR.length + 1).split("/")[0] ?? "");
  }
  return ids;
}

// In guests /var/run is a link to /run.
function resolved(path: string): string {
  const plain = posix
    .normalize(`/${path}`)
    .replace(/^\/+/, "/")
    .replace(/(.)\/$/, "$1");
  return plain.replace(/^\/var\/run(?=\/|$)/, "/run");
}
