import type { GuestMount } from "./guest-mount.ts";

// What each container has in /dev (OCI runtime-spec: default devices, default filesystems).
const nodes = [
  ["null", 1, 3],
  ["zero", 1, 5],
  ["full", 1, 7],
  ["random", 1, 8],
  ["urandom", 1, 9],
  ["tty", 5, 0],
] as const;

const links = [
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
  ["ptmx", "pts/ptmx"],
] as const;

/**
 * A container's mounts with the devices that each container has, right after its own tmpfs on /dev. If it mounts nothing there, it gets
 * a tmpfs, so that the devices do not come into the root itself, which the host has.
 */
export function devicesIn(root: string, mounts: readonly GuestMount[]): GuestMount[] {
  const target = `${root}/dev`;
  const at = mounts.findIndex((mount) => mount.target === target);
  if (at === -1) return [tmpfsOn(target, root), ...devicesOf(root), ...mounts];
  const own = mounts[at] as GuestMount;
  if (own.kind !== "filesystem" || own.filesystem !== "tmpfs") return [...mounts];
  return [...mounts.slice(0, at + 1), ...devicesOf(root), ...mounts.slice(at + 1)];
}

function tmpfsOn(target: string, root: string): GuestMount {
  const options = ["nosuid", "mode=755", "size=65536k"];
  return { kind: "filesystem", filesystem: "tmpfs", source: "tmpfs", target, options, root };
}

function devicesOf(root: string): GuestMount[] {
  return [
    ...nodes.map(
      ([name, major, minor]) =>
        ({ kind: "node", target: `${root}/dev/${name}`, major, minor, root }) as const,
    ),
    ...links.map(
      ([name, source]) => ({ kind: "link", source, target: `${root}/dev/${name}`, root }) as const,
    ),
  ];
}
