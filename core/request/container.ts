import { JsonReader } from "../json/read";
import { List } from "../list";
import { bytesOf } from "../page-size";
import { isName } from "../path";
import { Text } from "../text";
import { BlockDrive, readBlockDrive } from "./block-drive";
import { readId } from "./id";
import { Mount, readMount } from "./mount";
import { readRootFs, RootFs } from "./root-fs";
import { readTextMap, TextMap } from "./text-map";
import { readDirectory } from "./values";

/** A disk of a container that is none of its mounts (Kata's ContainerDevice). */
@final @unmanaged
export class Device {
  path: Text | null = null;
  blockDrive: BlockDrive | null = null;
}

/** The most memory that a container may use in huge pages of one size. */
@final @unmanaged
export class HugepageLimit {
  pageSize: Text = Text.empty;
  /** `pageSize` in bytes. */
  bytes: i64 = 0;
  limit: i64 = -1;
}

/** A container, as its request describes it. */
@final @unmanaged
export class Container {
  id: Text = Text.empty;
  bundle: Text | null = null;
  rootFs: RootFs = new RootFs();
  rootfsSuffix: Text = Text.of("rootfs");
  readonlyRootfs: bool = false;
  fstype: Text = Text.empty;
  blockDrive: BlockDrive | null = null;
  devices: List<Device> = new List<Device>();
  annotations: TextMap = new TextMap();
  mounts: List<Mount> = new List<Mount>();
  hugepageLimits: List<HugepageLimit> = new List<HugepageLimit>();
}

/** Reads a container. */
export function readContainer(json: JsonReader): Container {
  const container = new Container();
  json.object();
  while (json.field()) {
    if (json.is("id")) container.id = readId(json);
    else if (json.is("bundle")) container.bundle = readDirectory(json);
    else if (json.is("rootFs")) container.rootFs = readRootFs(json);
    else if (json.is("rootfsSuffix")) container.rootfsSuffix = readSuffix(json);
    else if (json.is("readonlyRootfs")) container.readonlyRootfs = json.boolean();
    else if (json.is("fstype")) container.fstype = json.text();
    else if (json.is("blockDrive")) container.blockDrive = readBlockDrive(json);
    else if (json.is("annotations")) container.annotations = readTextMap(json);
    else if (!readLists(json, container)) json.unknownField();
  }
  json.require(container.id.length > 0, "id");
  return container;
}

function readLists(json: JsonReader, container: Container): bool {
  if (json.is("mounts")) {
    json.array();
    while (json.item()) container.mounts.push(readMount(json));
  } else if (json.is("devices")) {
    json.array();
    while (json.item()) container.devices.push(readDevice(json));
  } else if (json.is("hugepageLimits")) {
    json.array();
    while (json.item()) container.hugepageLimits.push(readHugepageLimit(json));
  } else return false;
  return true;
}

/** Reads one name, or an empty text: a disk can be the root filesystem itself. */
function readSuffix(json: JsonReader): Text {
  const suffix = json.text();
  if (suffix.length > 0 && !isName(suffix)) json.refuse("bad-name", suffix);
  return suffix;
}

function readDevice(json: JsonReader): Device {
  const device = new Device();
  json.object();
  while (json.field()) {
    if (json.is("path")) device.path = json.text();
    else if (json.is("blockDrive")) device.blockDrive = readBlockDrive(json);
    else json.unknownField();
  }
  json.require(device.path != null, "path");
  json.require(device.blockDrive != null, "blockDrive");
  return device;
}

function readHugepageLimit(json: JsonReader): HugepageLimit {
  const limit = new HugepageLimit();
  json.object();
  while (json.field()) {
    if (json.is("pageSize")) limit.pageSize = json.text();
    else if (json.is("limit")) limit.limit = json.integer();
    else json.unknownField();
  }
  json.require(limit.pageSize.length > 0, "pageSize");
  limit.bytes = bytesOf(limit.pageSize);
  json.require(limit.limit >= 0, "limit");
  return limit;
}
