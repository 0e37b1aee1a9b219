import { inArray } from "../json/path";
import { refuse } from "../refusal";
import { Container, RootFs } from "../request/container";
import { Sandbox } from "../request/sandbox";
import { Text } from "../text";

export enum RootKind {
  /** The guest gets it by itself. */
  Offload,
  /** A disk that the guest mounts. */
  Block,
  /** A directory of the host. */
  Bind,
}

/** Which kind of root filesystem a container has; the first that fits, in Kata's order. Kinds to come are refused. */
export function kindOf(sandbox: Sandbox, container: Container): RootKind {
  const rootFs = container.rootFs;
  const target = rootFs.target;
  if (sandbox.serviceOffload && (target == null || target.length == 0)) return RootKind.Offload;
  if (sandbox.forceGuestPull) unsupported("image_guest_pull", "sandbox.forceGuestPull");
  refuseVirtualVolume(rootFs);
  if (isNydus(rootFs.type)) unsupported("nydus", "container.rootFs.type");
  refuseLayers(rootFs);
  return container.fstype.length > 0 && container.blockDrive != null ? RootKind.Block : RootKind.Bind;
}

function refuseVirtualVolume(rootFs: RootFs): void {
  for (let i = 0; i < rootFs.options.length; i++) {
    if (rootFs.options[i].startsWith("io.katacontainers.volume=")) unsupportedOption("io.katacontainers.volume", i);
  }
}

function refuseLayers(rootFs: RootFs): void {
  for (let i = 0; i < rootFs.options.length; i++) {
    const option = rootFs.options[i];
    if (isErofsLowerdir(rootFs.type, option)) unsupportedOption("erofs", i);
    if (option.startsWith("io.katacontainers.fs-opt.layer=")) unsupportedOption("io.katacontainers.fs-opt.layer", i);
  }
}

// containerd's erofs snapshotter shows only in where its layers are.
function isErofsLowerdir(type: Text, option: Text): bool {
  if (!type.is("overlay") || !option.startsWith("lowerdir=")) return false;
  return option.includes("io.containerd.snapshotter.v1.erofs");
}

// Kata takes "fuse." and a path whose last name begins with "nydus-overlayfs".
function isNydus(type: Text): bool {
  if (!type.startsWith("fuse.")) return false;
  let begin = 5; // behind "fuse."
  for (let i = begin; i < type.length; i++) {
    if (type.at(i) == 0x2f) begin = i + 1;
  }
  return type.from(begin).startsWith("nydus-overlayfs");
}

function unsupported(kind: string, path: string): void {
  refuse("unsupported-root-filesystem", Text.of(kind), Text.of(path));
}

function unsupportedOption(kind: string, index: i32): void {
  refuse("unsupported-root-filesystem", Text.of(kind), inArray(Text.of("container.rootFs.options"), index));
}
