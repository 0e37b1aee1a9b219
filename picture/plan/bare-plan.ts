import type { Container, Mount, Plan, PlanRequest } from "../../mod.ts";

/** The names of a path. */
const namesOf = (path: string) => path.split("/").filter((name) => name !== "");

// "web-0011223344556677-hosts": a share that the container web uses.
const shareName = /^(.+)-[0-9a-f]{16}-/;

/**
 * What of its request a plan tells by itself, for a plan that somebody has without the request: which sandbox and container it is
 * about, and the mounts that the container has in the guest. Their sources on the host are told by steps alone.
 */
export function requestToldBy(plan: Plan): PlanRequest {
  const { directory, outcomes, shared } = plan;
  const sandbox = { id: namesOf(directory).at(-1) ?? directory };
  if (outcomes) return { op: "shareContainer", sandbox, container: containerToldBy(plan), random: [] };
  if (!shared) return { op: "prepare", sandbox };
  const [id = sandbox.id, last = ""] = namesOf(shared.guestPath).slice(-2);
  const [, user] = shareName.exec(last) ?? [];
  if (user === undefined) return { op: "shareRootFilesystem", sandbox, container: { id } };
  const mount = { source: "", destination: shared.guestPath };
  return { op: "shareFile", sandbox, container: { id: user }, mount, random: "" };
}

// ".../web/rootfs"
function containerToldBy({ directory, rootPath = directory, outcomes = [], mounts = [] }: Plan): Container {
  let kept = 0;
  const told = outcomes.map(({ destination, kind }): Mount => {
    const isKept = kind !== "ignored" && kind !== "layer";
    const { type, options } = (isKept ? mounts[kept++] : undefined) ?? {};
    return { source: "", destination, ...(type !== undefined && { type }), ...(options && { options }) };
  });
  return { id: namesOf(rootPath).at(-2) ?? rootPath, mounts: told };
}
