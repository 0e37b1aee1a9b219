import { inArray } from "../../json/path";
import { base } from "../../path";
import { Container } from "../../request/container";
import { RootFs } from "../../request/root-fs";
import { Sandbox } from "../../request/sandbox";
import { Text } from "../../text";

/** How a container gets its root filesystem. */
export enum RootKind {
  /** The guest provides it without the host. */
  Offload,
  /** The guest pulls the image, even if the host has it. */
  ForcedPull,
  /** An option describes it (KataVirtualVolume). */
  VirtualVolume,
  /** nydusd serves the image, and the host has a snapshot over it. */
  Nydus,
  /** It has erofs layers on disks. */
  Erofs,
  /** It has layers that the container's mounts bring. */
  Layers,
  /** The guest mounts a disk. */
  Block,
  /** The host shares a directory. */
  Bind,
}

/** The beginning of an option that describes the root filesystem. */
export const VIRTUAL_VOLUME: string = "io.katacontainers.volume=";
const LAYER: string = "io.katacontainers.fs-opt.layer=";

/** The kind of a container's root filesystem: the first that fits, in Kata's order. */
export function rootKindOf(sandbox: Sandbox, container: Container): RootKind {
  const rootFs = container.rootFs;
  const target = rootFs.target;
  if (sandbox.serviceOffload && (target == null || target.length == 0)) return RootKind.Offload;
  if (sandbox.forceGuestPull) return RootKind.ForcedPull;
  if (lastOptionWith(rootFs, VIRTUAL_VOLUME) >= 0) return RootKind.VirtualVolume;
  if (isNydus(rootFs.type)) return RootKind.Nydus;
  if (isErofs(rootFs)) return RootKind.Erofs;
  if (lastOptionWith(rootFs, LAYER) >= 0) return RootKind.Layers;
  return container.fstype.length > 0 && container.blockDrive != null ? RootKind.Block : RootKind.Bind;
}

/** Whether the host has to share something for such a root filesystem. */
export function needsSharing(kind: RootKind): bool {
  return kind == RootKind.Nydus || kind == RootKind.Bind;
}

/** The index of the last option that begins with a text; -1 if none does. */
export function lastOptionWith(rootFs: RootFs, beginning: string): i32 {
  let i = rootFs.options.length - 1;
  while (i >= 0 && !rootFs.options[i].startsWith(beginning)) i -= 1;
  return i;
}

/** The JSON path of an option of a root filesystem. */
export function optionPath(index: i32): Text {
  return inArray(Text.of("container.rootFs.options"), index);
}

// Kata accepts "fuse." and a path whose last name begins with "nydus-overlayfs".
function isNydus(type: Text): bool {
  return type.startsWith("fuse.") && base(type.from(5)).startsWith("nydus-overlayfs");
}

// Only the paths of the overlay's directories, and their filesystem, show that containerd's erofs snapshotter made it.
function isErofs(rootFs: RootFs): bool {
  if (!rootFs.type.is("overlay")) return false;
  const upper = lastOptionWith(rootFs, "upperdir=");
  for (let i = 0; i < rootFs.options.length; i++) {
    const option = rootFs.options[i];
    if (i != upper && !option.startsWith("lowerdir=")) continue;
    if (rootFs.facts.filesystem.is("erofs") || option.includes("io.containerd.snapshotter.v1.erofs")) return true;
  }
  return false;
}
