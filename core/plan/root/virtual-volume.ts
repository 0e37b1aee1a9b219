import { inObject } from "../../json/path";
import { JsonReader } from "../../json/read";
import { List } from "../../list";
import { refuse, refused } from "../../refusal";
import { Container } from "../../request/container";
import { Sandbox } from "../../request/sandbox";
import { readTextMap, TextMap } from "../../request/text-map";
import { readTexts } from "../../request/values";
import { Text } from "../../text";
import { checkAgentOptions } from "../agent-options";
import { SharedFile } from "../shared-file";
import { planDisk } from "./disk-root";
import { readDmVerity } from "./dm-verity";
import { planGuestPull } from "./guest-pull";
import { jsonOf } from "./option-json";
import { lastOptionWith, optionPath, VIRTUAL_VOLUME } from "./root-kind";

/** The option that describes a root filesystem (KataVirtualVolume). */
@final @unmanaged
class VirtualVolume {
  type: Text = Text.empty;
  fstype: Text = Text.empty;
  options: List<Text> = new List<Text>();
  metadata: TextMap | null = null;
  hasDmVerity: bool = false;
}

/** Plans the root filesystem that an option describes: an image that the guest pulls, or a disk. */
export function planVirtualVolume(sandbox: Sandbox, container: Container, shared: SharedFile): void {
  const index = lastOptionWith(container.rootFs, VIRTUAL_VOLUME);
  // A root filesystem has one volume. Kata accepts several.
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
    planVirtualDisk(sandbox, container, volume, shared);
  } else refuse("unsupported-root-filesystem", volume.type, inObject(optionPath(index), Text.of("volume_type")));
}

// The agent has no handler for other types, nor for dm-verity on a disk.
function planVirtualDisk(sandbox: Sandbox, container: Container, volume: VirtualVolume, shared: SharedFile): void {
  const path = optionPath(lastOptionWith(container.rootFs, VIRTUAL_VOLUME));
  if (volume.hasDmVerity) refuse("unsupported-root-filesystem", Text.of("dm_verity"), inObject(path, Text.of("dm_verity")));
  if (container.blockDrive == null) {
    refuse("missing-field", Text.of("blockDrive"), Text.of("container.blockDrive"));
    return;
  }
  const storage = planDisk(sandbox, container, shared, volume.fstype, shared.guestPath);
  if (storage == null) return;
  checkAgentOptions(volume.options, path.append(".options"));
  storage.options = volume.options;
}

// Unknown fields are ignored, and null is the same as absent, as Go reads JSON.
function readVolume(json: JsonReader): VirtualVolume {
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

function readMetadata(json: JsonReader): TextMap | null {
  let metadata: TextMap | null = null;
  json.object();
  while (json.field()) {
    if (!json.is("metadata")) json.skip();
    else if (!json.isNull()) metadata = readTextMap(json);
  }
  json.require(metadata != null, "metadata");
  return metadata;
}

function readNydusImage(json: JsonReader): void {
  let length = 0;
  json.object();
  while (json.field()) {
    if (json.is("config") || json.is("snapshot_dir")) length += json.isNull() ? 0 : json.text().length;
    else json.skip();
  }
  json.require(length > 0, "config");
}
