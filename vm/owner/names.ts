import { basename } from "node:path";
import { ownerName } from "./owner.ts";

const beginnings = { socket: "guestshare-virtiofsd-", scratch: "guestshare-scratch-" } as const;

/** What a directory that goes with its process is for: a virtiofsd's socket, or a mount of scratch space. */
export type OwnedKind = keyof typeof beginnings;

/** A virtiofsd's socket in its directory. */
export const SOCKET_NAME = "virtiofsd.sock";

/** A name for such a directory that says which process it is of: whoever finds it knows whether it is in use. */
export function ownedName(kind: OwnedKind): string {
  return beginnings[kind] + ownerName();
}

/** What a directory is for, by its name; undefined for any other. */
export function kindOf(path: string): OwnedKind | undefined {
  const name = basename(path);
  const kinds = Object.keys(beginnings) as OwnedKind[];
  return kinds.find((kind) => name.startsWith(beginnings[kind]));
}
