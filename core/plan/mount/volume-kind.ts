import { lengthOf } from "../literal";
import { isAbsolute, lexical } from "../path";
import { SourceKind } from "../request/facts";
import { Mount } from "../request/mount";
import { EmptydirMode, Sandbox } from "../request/sandbox";
import { Text } from "../text";
import { EmptyDir } from "./empty-dir";
import { includes } from "./guest-option";

/** What becomes of a mount. */
export enum VolumeKind { Shared, Copied, Watchable, Shm, Ephemeral, Hugepages, Local, Block, Layer, Guest, Ignored }

/** The words for it. */
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

/** A kind, and the word for why. */
@final @unmanaged
export class Volume {
  constructor(
    readonly kind: VolumeKind,
    readonly reason: string,
  ) {}
}

/** What becomes of a mount; the first rule that fits, in the order in which Kata comes to them. */
export function volumeOf(sandbox: Sandbox, mount: Mount, source: Text, emptyDir: EmptyDir | null): Volume {
  if (includes(mount.options, "io.katacontainers.fs-opt.is-layer")) return new Volume(VolumeKind.Layer, "is-layer");
  if (mount.blockDrive != null) return new Volume(VolumeKind.Block, "block-drive");
  const guests = guestsOf(sandbox, mount, emptyDir);
  if (guests != null && guests.kind == VolumeKind.Ephemeral) return guests;
  if (isAbsolute(mount.destination) && lexical(mount.destination).is("/dev/shm")) {
    return new Volume(VolumeKind.Shm, sandbox.shmSize > 0 ? "sandbox-shm" : "own-shm");
  }
  if (guests != null) return guests;
  const path = isAbsolute(source) ? lexical(source) : source;
  if (isIn(path, "/proc") || isIn(path, "/sys")) return new Volume(VolumeKind.Guest, "system-mount");
  if (!isBind(mount)) return new Volume(VolumeKind.Guest, "not-a-bind");
  if (isHostDevice(path, mount.facts.kind)) return new Volume(VolumeKind.Guest, "host-device");
  if (!sandbox.sharesFilesystem()) return copied(mount.facts.kind);
  if (isWatchable(path, mount.facts.files)) return new Volume(VolumeKind.Watchable, "configmap-or-secret");
  return new Volume(VolumeKind.Shared, "bind");
}

function copied(kind: SourceKind): Volume {
  return isSpecial(kind)
    ? new Volume(VolumeKind.Ignored, "special-file")
    : new Volume(VolumeKind.Copied, "no-sharing");
}

/** Whether the volume is in the guest alone, and mounted there by the agent. */
export function isMadeByGuest(kind: VolumeKind): bool {
  return kind >= VolumeKind.Ephemeral && kind <= VolumeKind.Block;
}

/** Whether what is at the source has no content to copy. */
export function isSpecial(kind: SourceKind): bool {
  return kind >= SourceKind.Block && kind <= SourceKind.Socket;
}

// Kata's types for what the guest makes, which it gives to emptyDir volumes itself.
function guestsOf(sandbox: Sandbox, mount: Mount, emptyDir: EmptyDir | null): Volume | null {
  const filesystem = mount.facts.filesystem;
  if (emptyDir != null) {
    if (emptyDir.isMemory && filesystem.is("tmpfs")) return new Volume(VolumeKind.Ephemeral, "tmpfs-emptydir");
    if (emptyDir.isMemory) return new Volume(VolumeKind.Hugepages, "hugetlbfs-emptydir");
    const isGuests = sandbox.emptydirMode == EmptydirMode.SharedFs && !sandbox.disableGuestEmptyDir;
    if (isGuests) return new Volume(VolumeKind.Local, "disk-emptydir");
  }
  const type = mount.type;
  if (type == null) return null;
  if (type.is("ephemeral")) return new Volume(VolumeKind.Ephemeral, "type");
  if (!type.is("local")) return null;
  return new Volume(filesystem.is("hugetlbfs") && mount.facts.isMountPoint ? VolumeKind.Hugepages : VolumeKind.Local, "type");
}

// The agent watches as many as 16 files; Kata takes 8.
function isWatchable(source: Text, files: i64): bool {
  const plugin = pluginOf(source);
  const isWatched = plugin.is("kubernetes.io~configmap") || plugin.is("kubernetes.io~secret");
  return isWatched && files != 0 && files <= 8;
}

/** The last name but one of a path: what made the volume, where the kubelet has it. */
function pluginOf(path: Text): Text {
  let end = path.length;
  while (end > 0 && path.at(end - 1) != 0x2f) end -= 1;
  if (end == 0) return path.slice(0, 0);
  let begin = end - 1;
  while (begin > 0 && path.at(begin - 1) != 0x2f) begin -= 1;
  return path.slice(begin, end - 1);
}

/** OCI: the options make a mount a bind, whatever its type says. */
export function isBind(mount: Mount): bool {
  const type = mount.type;
  if (type == null || type.length == 0 || type.is("bind")) return true;
  if (type.is("ephemeral") || type.is("local")) return false;
  return type.is("none") || includes(mount.options, "bind") || includes(mount.options, "rbind");
}

// A regular file in /dev is one; anything else there is the host's, and so is what nobody looked at.
function isHostDevice(path: Text, kind: SourceKind): bool {
  return path.is("/dev") || (isIn(path, "/dev") && kind != SourceKind.File);
}

function isIn(path: Text, top: string): bool {
  return path.is(top) || (path.startsWith(top) && path.at(lengthOf(top)) == 0x2f);
}
