import * as directories from "../../directories";
import { firstDuplicate } from "../../duplicates";
import { List } from "../../list";
import { base, PATH_MAX } from "../../path";
import { refuse } from "../../refusal";
import { Container } from "../../request/container";
import { RequestLocation } from "../../request/location";
import { Sandbox } from "../../request/sandbox";
import { Storage } from "../../storage";
import { Text } from "../../text";
import { diskOrPmemStorage } from "../disk-storage";
import { SharedFile } from "../shared-file";

// The bytes of "upperdir=", "workdir=" and the commas between options.
const OTHER_BYTES: i32 = 19;

/**
 * Plans a root filesystem of erofs layers, each on its own disk, under an overlay. The upper directory of the overlay is on the
 * disk of "rwlayer.img", or else in the guest's memory (Kata's shareRootFilesystemWithErofs).
 */
export function planErofs(sandbox: Sandbox, container: Container, shared: SharedFile): void {
  const layers: List<Storage> = new List<Storage>();
  let writable: Storage | null = null;
  for (let i = 0; i < container.devices.length; i++) {
    const file = base(container.devices[i].path!);
    const isLayer = file.is("layer.erofs");
    if (!isLayer && !file.is("rwlayer.img")) continue;
    const storage = layerStorage(sandbox, container, i);
    if (storage == null) return;
    if (!isLayer) writable = storage;
    else {
      storage.fstype = Text.of("erofs");
      storage.option(Text.of("ro"));
      layers.push(storage);
    }
  }
  checkAddresses(layers, writable);
  if (layers.length == 0) {
    refuse("missing-layers", Text.of("layer.erofs"), Text.of("container.devices"));
    return;
  }
  for (let i = 0; i < layers.length; i++) shared.storages.push(layers[i]);
  if (writable != null) {
    writable.fstype = Text.of("ext4");
    shared.storages.push(writable);
  }
  shared.storages.push(overlay(container, layers, writable, shared.guestPath));
}

function layerStorage(sandbox: Sandbox, container: Container, index: i32): Storage | null {
  const location = new RequestLocation("container.devices", index).in("blockDrive");
  const storage = diskOrPmemStorage(sandbox, container.devices[index].blockDrive!, location);
  if (storage != null) storage.mountPoint = directories.guestVirtualVolume(storage.source);
  return storage;
}

// The agent would mount the first disk of an address for all disks of that address.
function checkAddresses(layers: List<Storage>, writable: Storage | null): void {
  const addresses: List<Text> = new List<Text>();
  for (let i = 0; i < layers.length; i++) addresses.push(layers[i].source);
  if (writable != null) addresses.push(writable.source);
  const duplicate = firstDuplicate(addresses);
  if (duplicate >= 0) refuse("duplicate-address", addresses[duplicate], Text.of("container.devices"));
}

function overlay(container: Container, layers: List<Storage>, writable: Storage | null, mountPoint: Text): Storage {
  const type = Text.of("overlay");
  const storage = new Storage("overlayfs", type, type, mountPoint);
  const inMemory = directories.guestContainer(container.id);
  const upper = writable != null ? writable.mountPoint.append("/upper") : inMemory.append("/fs");
  const work = writable != null ? writable.mountPoint.append("/work") : inMemory.append("/work");
  const create = Text.of("io.katacontainers.volume.overlayfs.create_directory=");
  storage.driverOptions.push(create + upper);
  storage.driverOptions.push(create + work);
  let lower = Text.of("lowerdir=") + layers[0].mountPoint;
  // mount(2) takes a page of options. Longer ones are refused below.
  for (let i = 1; i < layers.length && lower.length <= PATH_MAX; i++) lower = lower.append(":") + layers[i].mountPoint;
  storage.option(lower);
  const length = lower.length + upper.length + work.length + OTHER_BYTES;
  if (length > PATH_MAX) refuse("too-many", Text.ofNumber(layers.length), Text.of("container.devices"));
  storage.option(Text.of("upperdir=") + upper);
  storage.option(Text.of("workdir=") + work);
  return storage;
}
