import { mkdirSync } from "node:fs";
import { mount, unmount } from "../mounts.ts";
import type { Scratch } from "../scratch.ts";

// What Kata's runtimes mount, in the order in which they do, on a host whose directory of sandboxes is shared.

function bind(source: string, target: string, propagation: "private" | "slave", isReadOnly = false): void {
  mkdirSync(target, { recursive: true });
  mount("--bind", source, target);
  mount(`--make-${propagation}`, target);
  if (isReadOnly) mount("-o", "remount,bind,ro", target);
}

// Without that, what is mounted in one of the directories is not in the other.
function makeShared(scratch: Scratch): void {
  mount("--make-shared", scratch.path);
}

/** A sandbox as Kata's Go runtime makes it (virtcontainers/fs_share_linux.go): a root, a volume, and one that is read-only. */
export function kataGoSandbox(scratch: Scratch, id: string, source: string): string {
  makeShared(scratch);
  const directory = `${scratch.hostDir}/${id}`;
  mkdirSync(`${directory}/mounts`, { recursive: true });
  bind(`${directory}/mounts`, `${directory}/shared`, "slave", true);
  bind(source, `${directory}/mounts/c1/rootfs`, "private");
  bind(source, `${directory}/mounts/c1-0011223344556677-rw`, "private");
  bind(source, `${directory}/private/c1-8899aabbccddeeff-ro`, "private", true);
  bind(
    `${directory}/private/c1-8899aabbccddeeff-ro`,
    `${directory}/mounts/c1-8899aabbccddeeff-ro`,
    "private",
  );
  unmount(`${directory}/private/c1-8899aabbccddeeff-ro`);
  return directory;
}

/** A sandbox as Kata's Rust runtime makes it (resource/src/share_fs): a root, and a volume that is read-only. */
export function kataRsSandbox(scratch: Scratch, id: string, source: string): string {
  makeShared(scratch);
  const directory = `${scratch.hostDir}/${id}`;
  mkdirSync(`${directory}/rw`, { recursive: true });
  bind(`${directory}/rw`, `${directory}/ro`, "slave", true);
  bind(source, `${directory}/rw/passthrough/c1/rootfs`, "slave");
  bind(source, `${directory}/rw/passthrough/sandbox-0a1b2c3d-volume`, "slave", true);
  mount("-o", "remount,bind,ro", `${directory}/ro/passthrough/sandbox-0a1b2c3d-volume`);
  return directory;
}
