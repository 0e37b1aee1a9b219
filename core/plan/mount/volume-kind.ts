import { lengthOf } from "../../literal";
import { isAbsolute, lexical } from "../../path";
import { SourceKind } from "../../request/facts";
import { Mount } from "../../request/mount";
import { EmptydirMode, Sandbox } from "../../request/sandbox";
import { Text } from "../../text";
import { hasOption } from "../agent-options";
import { EmptyDir } from "./empty-dir";

/** What becomes of a mount. */
export enum VolumeKind { Shared, Copied, Watchable, Shm, Ephemeral, Hugepages, Local, Block, Layer, Guest, Ignored }

/** The word for each kind. */
export const KIND_WORDS: StaticArray<string> = [
  "shared",
  "copied",
  "watchable",
  "shm",
  "ephemeral",
  "hugepages",
  "local",
  "block",
  "layer",
  "guest",
  "ignored",
];

/** The kind of a mount, and the word for the reason. */
@final @unmanaged
export class Classification {
  constructor(
    readonly kind: VolumeKind,
    readonly reason: string,
  ) {}
}

/** What becomes of a mount: the first rule that fits decides, in the order in which Kata applies them. */
export function classify(sandbox: Sandbox, mount: Mount, source: Text, emptyDir: EmptyDir | null): Classification {
  if (hasOption(mount.options, "io.katacontainers.fs-opt.is-layer")) return new Classification(VolumeKind.Layer, "is-layer");
  if (mount.blockDrive != null) return new Classification(VolumeKind.Block, "block-drive");
  const guestVolume = classifyGuestVolume(sandbox, mount, emptyDir);
  if (guestVolume != null && guestVolume.kind == VolumeKind.Ephemeral) return guestVolume;
  if (isAbsolute(mount.destination) && lexical(mount.destination).is("/dev/shm")) {
    return new Classification(VolumeKind.Shm, sandbox.shmSize > 0 ? "sandbox-shm" : "own-shm");
  }
  if (guestVolume != null) return guestVolume;
  const path = isAbsolute(source) ? lexical(source) : source;
  if (isIn(path, "/proc") || isIn(path, "/sys")) return new Classification(VolumeKind.Guest, "system-mount");
  if (!isBind(mount)) return new Classification(VolumeKind.Guest, "not-a-bind");
  if (isHostDevice(path, mount.facts.kind)) return new Classification(VolumeKind.Guest, "host-device");
  if (!sandbox.sharesFilesystem()) return classifyUnshared(mount.facts.kind);
  if (isWatchable(path, mount.facts.files)) return new Classification(VolumeKind.Watchable, "configmap-or-secret");
  return new Classification(VolumeKind.Shared, "bind");
}

function classifyUnshared(kind: SourceKind): Classification {
  return isSpecial(kind)
    ? new Classification(VolumeKind.Ignored, "special-file")
    : new Classification(VolumeKind.Copied, "no-sharing");
}

/** Whether a file of this kind has no content that can be copied. */
export function isSpecial(kind: SourceKind): bool {
  return kind >= SourceKind.Block && kind <= SourceKind.Socket;
}

// The kind of a volume in the guest; null for other mounts. Kata sets the types "ephemeral" and "local" of emptyDirs itself.
function classifyGuestVolume(sandbox: Sandbox, mount: Mount, emptyDir: EmptyDir | null): Classification | null {
  const filesystem = mount.facts.filesystem;
  if (emptyDir != null) {
    if (emptyDir.isMemory && filesystem.is("tmpfs")) return new Classification(VolumeKind.Ephemeral, "tmpfs-emptydir");
    if (emptyDir.isMemory) return new Classification(VolumeKind.Hugepages, "hugetlbfs-emptydir");
    const isInGuest = sandbox.emptydirMode == EmptydirMode.SharedFs && !sandbox.disableGuestEmptyDir;
    if (isInGuest) return new Classification(VolumeKind.Local, "disk-emptydir");
  }
  const type = mount.type;
  if (type == null) return null;
  if (type.is("ephemeral")) return new Classification(VolumeKind.Ephemeral, "type");
  if (!type.is("local")) return null;
  return new Classification(filesystem.is("hugetlbfs") && mount.facts.isMountPoint ? VolumeKind.Hugepages : VolumeKind.Local, "type");
}

// The agent watches up to 16 files, but Kata gives it at most 8.
function isWatchable(source: Text, files: i64): bool {
  const plugin = pluginOf(source);
  const isWatched = plugin.is("kubernetes.io~configmap") || plugin.is("kubernetes.io~secret");
  return isWatched && files != 0 && files <= 8;
}

/** The name of a path's last directory: where the kubelet keeps a volume, this names the plugin that made the volume. */
function pluginOf(path: Text): Text {
  let end = path.length;
  while (end > 0 && path.at(end - 1) != 0x2f) end -= 1;
  if (end == 0) return path.slice(0, 0);
  let begin = end - 1;
  while (begin > 0 && path.at(begin - 1) != 0x2f) begin -= 1;
  return path.slice(begin, end - 1);
}

/** Whether a mount is a bind. OCI: its options make it one, whatever its type is. */
export function isBind(mount: Mount): bool {
  const type = mount.type;
  if (type == null || type.length == 0 || type.is("bind")) return true;
  if (type.is("ephemeral") || type.is("local")) return false;
  return type.is("none") || hasOption(mount.options, "bind") || hasOption(mount.options, "rbind");
}

// Whether a path is a device of the host: anything in /dev but a regular file. A file of unknown kind counts as a device.
function isHostDevice(path: Text, kind: SourceKind): bool {
  return path.is("/dev") || (isIn(path, "/dev") && kind != SourceKind.File);
}

function isIn(path: Text, top: string): bool {
  return path.is(top) || (path.startsWith(top) && path.at(lengthOf(top)) == 0x2f);
}
