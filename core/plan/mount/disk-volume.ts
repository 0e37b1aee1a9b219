import { List } from "../../list";
import { BlockKind } from "../../request/block-drive";
import { RequestLocation } from "../../request/location";
import { Mount } from "../../request/mount";
import { Sandbox } from "../../request/sandbox";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { checkAgentOptions, hasOption } from "../agent-options";
import { diskOrPmemStorage, vhostUserStorage } from "../disk-storage";
import { isBind } from "./volume-kind";

/** The storage of a volume on a disk, with the mount's destination as mount point (Kata's handleDeviceBlockVolume). */
export function diskVolumeStorage(sandbox: Sandbox, mount: Mount, location: RequestLocation): Storage | null {
  const drive = mount.blockDrive!;
  const driveLocation = location.in("blockDrive");
  const isVhostUser = drive.kind == BlockKind.VhostUserBlk;
  const storage = isVhostUser ? vhostUserStorage(drive, driveLocation) : diskOrPmemStorage(sandbox, drive, driveLocation);
  if (storage == null) return null;
  storage.mountPoint = mount.destination;
  const type = typeOf(mount);
  if (storage.fstype.length == 0) storage.fstype = type;
  const options = mount.directVolume != null ? mount.directVolume!.options : mount.options;
  if (isVhostUser && type.length == 0) {
    storage.fstype = Text.of("bind");
    storage.option(Text.of("bind"));
  } else if (storage.options.length == 0) addOptions(storage, mount, options, location);
  addSettings(storage, mount);
  return storage;
}

// The type of the filesystem: the direct volume's or the mount's. For "bind" the agent finds it out.
function typeOf(mount: Mount): Text {
  const volume = mount.directVolume;
  if (volume != null) return volume.fstype;
  const type = mount.type;
  const saysBind = hasOption(mount.options, "bind") || hasOption(mount.options, "rbind");
  return saysBind && isBind(mount) ? Text.of("bind") : type != null ? type : Text.empty;
}

function addOptions(storage: Storage, mount: Mount, options: List<Text>, location: RequestLocation): void {
  checkAgentOptions(options, mount.directVolume != null ? location.in("directVolume").of("options") : location.of("options"));
  for (let i = 0; i < options.length; i++) storage.option(options[i]);
  if (mount.discard && !hasOption(storage.options, "discard")) storage.option(Text.of("discard"));
}

function addSettings(storage: Storage, mount: Mount): void {
  if (mount.isEncrypted) storage.driverOptions.push(Text.of("encryption_key=ephemeral"));
  if (mount.createFilesystem) storage.driverOptions.push(Text.of("create_filesystem"));
  storage.group = mount.fsGroup;
  storage.groupChangePolicy = mount.fsGroupChangePolicy;
}
