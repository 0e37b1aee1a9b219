import * as directories from "../directories";
import { List } from "../list";
import { Place } from "../place";
import { BlockKind } from "../request/block-drive";
import { Mount } from "../request/mount";
import { Sandbox } from "../request/sandbox";
import { Storage } from "../storage";
import { Text } from "../text";
import { vhostUserStorage, volumeStorage } from "./disk";
import { checkOptions, includes } from "./guest-option";
import { isBind } from "./volume-kind";

/** The storage of a volume that is a disk, mounted at the mount's destination (Kata's handleDeviceBlockVolume). */
export function blockVolumeStorage(sandbox: Sandbox, mount: Mount, place: Place): Storage | null {
  const drive = mount.blockDrive!;
  const drivePlace = place.in("blockDrive");
  const isVhostUser = drive.kind == BlockKind.VhostUserBlk;
  const storage = isVhostUser ? vhostUserStorage(drive, drivePlace) : volumeStorage(sandbox, drive, drivePlace);
  if (storage == null) return null;
  storage.mountPoint = mount.destination;
  const type = typeOf(mount);
  if (storage.fstype.length == 0) storage.fstype = type;
  const options = mount.directVolume != null ? mount.directVolume!.options : mount.options;
  if (isVhostUser && type.length == 0) {
    storage.fstype = Text.of("bind");
    storage.option(Text.of("bind"));
  } else if (storage.options.length == 0) addOptions(storage, mount, options, place);
  addSettings(storage, mount);
  return storage;
}

// The filesystem is the direct volume's; a bind says none, and the agent finds out.
function typeOf(mount: Mount): Text {
  const volume = mount.directVolume;
  if (volume != null) return volume.fstype;
  const type = mount.type;
  const saysBind = includes(mount.options, "bind") || includes(mount.options, "rbind");
  return saysBind && isBind(mount) ? Text.of("bind") : type != null ? type : Text.empty;
}

function addOptions(storage: Storage, mount: Mount, options: List<Text>, place: Place): void {
  checkOptions(options, mount.directVolume != null ? place.in("directVolume").of("options") : place.of("options"));
  for (let i = 0; i < options.length; i++) storage.option(options[i]);
  if (mount.discard && !includes(storage.options, "discard")) storage.option(Text.of("discard"));
}

function addSettings(storage: Storage, mount: Mount): void {
  if (mount.isEncrypted) storage.driverOptions.push(Text.of("encryption_key=ephemeral"));
  if (mount.createFilesystem) storage.driverOptions.push(Text.of("create_filesystem"));
  storage.group = mount.fsGroup;
  storage.groupChangePolicy = mount.fsGroupChangePolicy;
}

/** Where a volume's disk is mounted in the guest: once, however many containers have it. */
export function guestPathOf(storage: Storage): Text {
  return directories.guestBlockVolume(storage.source);
}
