import { wordsOf } from "./attributes.ts";
import { O_PATH, O_RDONLY } from "./constants.ts";
import type { Host } from "./host.ts";
import { isHub } from "./hub.ts";
import { unlessMissing } from "./syscall-error.ts";

/** A share of several containers, as the hub has it. */
export interface Held {
  readonly name: string;
  /** Device and inode of what is mounted; absent where nothing is. */
  readonly identity?: string;
  /** OCI's words for what its mount has. */
  readonly attributes: readonly string[];
  /** The mode of the directory of its users. */
  readonly mode: number;
  readonly users: readonly string[];
}

/** The shares of several containers in the hub of a sandbox's directory, each with its users. */
export function heldIn(host: Host, directory: string): Held[] {
  const { sys } = host;
  const sandbox = unlessMissing(() => sys.openPath(directory));
  if (sandbox === undefined) return [];
  return sys.using(sandbox, () => {
    const hub = unlessMissing(() => sys.openDirectory(sandbox, "mounts", O_PATH));
    return hub === undefined ? [] : sys.using(hub, () => heldInHub(host, hub));
  });
}

function heldInHub(host: Host, hub: number): Held[] {
  const { sys } = host;
  const found = sys.statx(hub);
  if (!found.isMountRoot || !isHub(host, found)) return [];
  const users = unlessMissing(() => sys.openDirectory(hub, ".users", O_RDONLY));
  if (users === undefined) return [];
  return sys.using(users, () => sys.list(users).map((name) => heldAt(host, hub, users, name)));
}

function heldAt({ sys, table }: Host, hub: number, users: number, name: string): Held {
  const [mode, containers] = sys.using(sys.openDirectory(users, name, O_RDONLY), (fd) => [
    sys.statx(fd).mode,
    sys.list(fd),
  ]);
  const share = unlessMissing(() => sys.statx(hub, name));
  if (!share?.isMountRoot) return { name, attributes: [], mode, users: containers };
  const attributes = wordsOf(table.of(share)?.attributes ?? 0);
  return { name, identity: share.identity, attributes, mode, users: containers };
}
