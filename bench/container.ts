import type { Container, Mount, ShareContainerRequest, SourceFacts } from "../mod.ts";

// A container with many mounts: a file, a directory, a tmpfs and a configmap in turn.

/** What the host has below a directory for one kind of mount; `%` is the number of the mount. */
export const sources = {
  file: "sources/f%",
  directory: "volumes/d%",
  tmpfs: "volumes/kubernetes.io~empty-dir/cache-%",
  configmap: "volumes/kubernetes.io~configmap/settings-%",
} as const;

/** A kind of mount. */
export type Kind = keyof typeof sources;

const kinds = Object.keys(sources) as Kind[];

/** The kind of the mount with this number. */
export function kindOf(number: number): Kind {
  return kinds[number % kinds.length] as Kind;
}

/** Where the source of the mount with this number is. */
export function sourceOf(directory: string, number: number): string {
  return `${directory}/${sources[kindOf(number)].replace("%", String(number))}`;
}

/** How many files are in each configmap. */
export const CONFIGMAP_FILES = 2;

/** A container whose root filesystem and mounts are below a directory. */
export function containerOf(directory: string, count: number): Container {
  const mounts = Array.from({ length: count }, (_, i) => mountOf(directory, i));
  return { id: "c1", rootFs: { target: `${directory}/rootfs` }, mounts };
}

function mountOf(directory: string, number: number): Mount {
  const isWritten = kindOf(number) === "directory" || kindOf(number) === "tmpfs";
  return {
    destination: `/srv/app/m${number}`,
    type: "bind",
    source: sourceOf(directory, number),
    options: ["rbind", "rprivate", isWritten ? "rw" : "ro"],
  };
}

/** The request for such a container of some host's, with what that host would have seen. */
export function requestOf(count: number): ShareContainerRequest {
  const container = containerOf("/var/lib/kubelet/pods/p1", count);
  const mounts = (container.mounts ?? []).map((mount, i) => ({ ...mount, facts: factsOf(i) }));
  const random = mounts.map((_, i) => (0x1234_5678 + i).toString(16).padStart(16, "0"));
  return { op: "shareContainer", sandbox: { id: "s1" }, container: { ...container, mounts }, random };
}

// With the fields in the order in which ffi/linux/source-facts.ts finds them.
function factsOf(number: number): SourceFacts {
  const kind = kindOf(number);
  const facts: SourceFacts = {
    kind: kind === "file" ? "file" : "directory",
    gid: 0,
    identity: `0:${kind === "tmpfs" ? 35 : 36}:${131_072 + number}`,
    filesystem: kind === "tmpfs" ? "tmpfs" : "ext4",
    attributes: [],
  };
  if (kind === "tmpfs") return { ...facts, files: 0 };
  return kind === "configmap" ? { ...facts, files: CONFIGMAP_FILES } : facts;
}
