import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Mount } from "../../mod.ts";
import type { ShareOwner, ShareRequest } from "./options.ts";

/** The mount that the core plans for a request that was checked. */
export async function mountOf(request: ShareRequest): Promise<Mount> {
  const { target, mode, owner, recursive = true } = request;
  const source = resolve(request.source);
  const words = [recursive ? "rbind" : "bind", mode];
  const mapped = owner === undefined ? undefined : await mappingsOf(source, owner);
  if (!mapped) return { source, destination: target, options: words };
  const options = [...words, recursive ? "ridmap" : "idmap"];
  return { source, destination: target, options, ...mapped };
}

type Mappings = Pick<Mount, "uidMappings" | "gidMappings">;

// Undefined where the files have those ids already: then nothing is to be mapped, which only root of the machine may do.
async function mappingsOf(source: string, owner: ShareOwner): Promise<Mappings | undefined> {
  const found = await stat(source);
  const { uid, gid } = owner === "me" ? { uid: 0, gid: 0 } : owner;
  if (found.uid === uid && found.gid === gid) return undefined;
  return {
    uidMappings: [{ containerID: found.uid, hostID: uid, size: 1 }],
    gidMappings: [{ containerID: found.gid, hostID: gid, size: 1 }],
  };
}
