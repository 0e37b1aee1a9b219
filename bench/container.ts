import type { Container, Mount, ShareContainerRequest, SourceFacts } from "../mod.ts";

// A container with many mounts: a file, a directory, a tmpfs and a configmap in turn.

/** The paths of sources in a directory, by the kinds of their mounts; `%` is the number of the mount. */
export const sources = {
  file: "sources/f%",
  directory: "volumes/d%",
  configmap: "volumes/kubernetes.io~configmap/settings-%",
} as const;

/** A kind of mount. A tmpfs is the guest's own. */
export type Kind = keyof typeof sources | "tmpfs";

const kinds: readonly Kind[] = ["file", "directory", "tmpfs", "configmap"];

/** The kind of the mount with this number. */
export function kindOf(number: number): Kind {
  return kinds[number % kinds.length] as Kind;
}

/** Where the source of the mount with this number is; undefined of a tmpfs. */
export function sourceOf(directory: string, number: number): string | undefined {
  const kind = kindOf(number);
  return kind === "tmpfs" ? undefined : `${directory}/${sources[kind].replace("%", String(number))}`;
}

/** How many files are in each configmap. */
export const CONFIGMAP_FILES = 2;

/** A container whose root filesystem and mounts are below a directory. */
export function containerOf(directory: string, count: number): Container {
  const mounts = Array.from({ length: count }, (_, i) => mountOf(directory, i));
  return { id: "c1", rootFs: { target: `${directory}/rootfs` }, mounts };
}

function mountOf(directory: string, number: number): Mount {
  const destination = `/srv/app/m${number}`;
  const source = sourceOf(directory, number);
  if (source === undefined)
    return { destination, type: "tmpfs", source: "tmpfs", options: [...tmpfsOptions] };
  const isWritten = kindOf(number) === "directory";
  return { destination, type: "bind", source, options: ["rbind", "rprivate", isWritten ? "rw" : "ro"] };
}

const tmpfsOptions = ["nosuid", "nodev", "mode=1777", "size=65536k"];

/** The request for such a container, with the facts that a host would find. */
export function requestOf(count: number): ShareContainerRequest {
  const container = containerOf("/var/lib/kubelet/pods/p1", count);
  const mounts = (container.mounts ?? []).map((mount, i) =>
    mount.type === "tmpfs" ? mount : { ...mount, facts: factsOf(i) },
  );
  const random = mounts.map((_, i) => (0x1234_5678 + i).toString(16).padStart(16, "0"));
  return { op: "shareContainer", sandbox: { id: "s1" }, container: { ...container, mounts }, random };
}

// With the fields in the order in which ffi/linux/source-facts.ts finds them.
function factsOf(number: number): SourceFacts {
  const kind = kindOf(number);
  const facts: SourceFacts = {
    kind: kind === "file" ? "file" : "directory",
    gid: 0,
    identity: `0:36:${131_072 + number}`,
    filesystem: "ext4",
    attributes: [],
  };
  return kind === "configmap" ? { ...facts, files: CONFIGMAP_FILES } : facts;
}
