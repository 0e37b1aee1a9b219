import { inArray } from "../json/path";
import { base } from "../path";
import { Container } from "../request/container";
import { RootFs } from "../request/root-fs";
import { Sandbox } from "../request/sandbox";
import { Text } from "../text";

/** Where a container's root filesystem comes from. */
export enum RootKind {
  /** The guest gets it by itself. */
  Offload,
  /** The guest pulls the image, whatever the host has. */
  ForcedPull,
  /** What an option describes (KataVirtualVolume). */
  VirtualVolume,
  /** An image that nydusd serves, under a snapshot of the host. */
  Nydus,
  /** Disks that hold layers of erofs. */
  Erofs,
  /** Layers that the guest has as mounts. */
  Layers,
  /** A disk that the guest mounts. */
  Block,
  /** A directory of the host. */
  Bind,
}

/** Options that begin so describe the root filesystem itself. */
export const VIRTUAL_VOLUME: string = "io.katacontainers.volume=";
const LAYER: string = "io.katacontainers.fs-opt.layer=";

/** Which kind of root filesystem a container has; the first that fits, in Kata's order. */
export function kindOf(sandbox: Sandbox, container: Container): RootKind {
  const rootFs = container.rootFs;
  const target = rootFs.target;
  if (sandbox.serviceOffload && (target == null || target.length == 0)) return RootKind.Offload;
  if (sandbox.forceGuestPull) return RootKind.ForcedPull;
  if (lastWith(rootFs, VIRTUAL_VOLUME) >= 0) return RootKind.VirtualVolume;
  if (isNydus(rootFs.type)) return RootKind.Nydus;
  if (isErofs(rootFs)) return RootKind.Erofs;
  if (lastWith(rootFs, LAYER) >= 0) return RootKind.Layers;
  return container.fstype.length > 0 && container.blockDrive != null ? RootKind.Block : RootKind.Bind;
}

/** Whether the host has to share something for it. */
export function needsSharing(kind: RootKind): bool {
  return kind == RootKind.Nydus || kind == RootKind.Bind;
}

/** Where the last option stands that begins so; -1 where none does. */
export function lastWith(rootFs: RootFs, beginning: string): i32 {
  let i = rootFs.options.length - 1;
  while (i >= 0 && !rootFs.options[i].startsWith(beginning)) i -= 1;
  return i;
}

/** The JSON path of an option of a root filesystem. */
export function optionPath(index: i32): Text {
  return inArray(Text.of("container.rootFs.options"), index);
}

// Kata takes "fuse." and a path whose last name begins with "nydus-overlayfs".
function isNydus(type: Text): bool {
  return type.startsWith("fuse.") && base(type.from(5)).startsWith("nydus-overlayfs");
}

// containerd's erofs snapshotter shows only in where the directories are, and in what is mounted there.
function isErofs(rootFs: RootFs): bool {
  if (!rootFs.type.is("overlay")) return false;
  const upper = lastWith(rootFs, "upperdir=");
  for (let i = 0; i < rootFs.options.length; i++) {
    const option = rootFs.options[i];
    if (i != upper && !option.startsWith("lowerdir=")) continue;
    if (rootFs.facts.filesystem.is("erofs") || option.includes("io.containerd.snapshotter.v1.erofs")) return true;
  }
  return false;
}
