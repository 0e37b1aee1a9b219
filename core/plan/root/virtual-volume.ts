import { inObject } from "../json/path";
import { Json } from "../json/read";
import { List } from "../list";
import { Place } from "../place";
import { refuse, refused } from "../refusal";
import { Container } from "../request/container";
import { Sandbox } from "../request/sandbox";
import { readTextMap, TextMap } from "../request/text-map";
import { readTexts } from "../request/values";
import { Text } from "../text";
import { diskStorage } from "./disk";
import { readDmVerity } from "./dm-verity";
import { checkOptions } from "./guest-option";
import { planGuestPull } from "./guest-pull";
import { jsonOf } from "./option-json";
import { SharedFile } from "./shared-file";
import { lastWith, optionPath, VIRTUAL_VOLUME } from "./root-kind";

/** What an option says of a root filesystem (KataVirtualVolume). */
@final @unmanaged
class VirtualVolume {
  type: Text = Text.empty;
  fstype: Text = Text.empty;
  options: List<Text> = new List<Text>();
  metadata: TextMap | null = null;
  hasDmVerity: bool = false;
}

/** The root filesystem that an option describes: an image that the guest pulls, or a disk. */
export function planVirtualVolume(sandbox: Sandbox, container: Container, shared: SharedFile): void {
  const index = lastWith(container.rootFs, VIRTUAL_VOLUME);
  // One root filesystem is not two volumes (Kata takes them all).
  for (let i = 0; i < index; i++) {
    const option = container.rootFs.options[i];
    if (option.startsWith(VIRTUAL_VOLUME)) refuse("conflicting-option", option, optionPath(index));
  }
  const json = jsonOf(container, index, 25);
  if (json == null) return;
  const volume = readVolume(json);
  json.finish();
  if (refused()) return;
  if (volume.type.is("image_guest_pull")) {
    const metadata = volume.metadata;
    if (metadata != null) planGuestPull(container, metadata, shared);
    else json.require(false, "image_pull");
  } else if (volume.type.is("direct_block") || volume.type.is("image_raw_block")) {
    planDisk(sandbox, container, volume, shared);
  } else refuse("unsupported-root-filesystem", volume.type, inObject(optionPath(index), Text.of("volume_type")));
}

// The agent has no handler for the other kinds, nor for dm-verity on a disk.
function planDisk(sandbox: Sandbox, container: Container, volume: VirtualVolume, shared: SharedFile): void {
  const path = optionPath(lastWith(container.rootFs, VIRTUAL_VOLUME));
  if (volume.hasDmVerity) refuse("unsupported-root-filesystem", Text.of("dm_verity"), inObject(path, Text.of("dm_verity")));
  const drive = container.blockDrive;
  if (drive == null) {
    refuse("missing-field", Text.of("blockDrive"), Text.of("container.blockDrive"));
    return;
  }
  const storage = diskStorage(sandbox, drive, new Place("container.blockDrive"));
  if (storage == null) return;
  checkOptions(volume.options, path.and(".options"));
  storage.fstype = volume.fstype;
  storage.options = volume.options;
  storage.mountPoint = shared.guestPath;
  shared.storages.push(storage);
}

// Unknown fields mean nothing, and null is absent: so Go reads it.
function readVolume(json: Json): VirtualVolume {
  const volume = new VirtualVolume();
  json.object();
  while (json.field()) {
    if (json.isNull()) continue;
    if (json.is("volume_type")) volume.type = json.text();
    else if (json.is("fs_type")) volume.fstype = json.text();
    else if (json.is("options")) volume.options = readTexts(json);
    else if (json.is("image_pull")) volume.metadata = readMetadata(json);
    else if (json.is("direct_volume")) readMetadata(json);
    else if (json.is("nydus_image")) readNydusImage(json);
    else if (json.is("dm_verity")) {
      readDmVerity(json);
      volume.hasDmVerity = true;
    } else if (json.is("source")) json.text();
    else json.skip();
  }
  json.require(volume.type.length > 0, "volume_type");
  return volume;
}

function readMetadata(json: Json): TextMap | null {
  let metadata: TextMap | null = null;
  json.object();
  while (json.field()) {
    if (!json.is("metadata")) json.skip();
    else if (!json.isNull()) metadata = readTextMap(json);
  }
  json.require(metadata != null, "metadata");
  return metadata;
}

function readNydusImage(json: Json): void {
  let length = 0;
  json.object();
  while (json.field()) {
    if (json.is("config") || json.is("snapshot_dir")) length += json.isNull() ? 0 : json.text().length;
    else json.skip();
  }
  json.require(length > 0, "config");
}
