import { List } from "../list";
import { firstDouble } from "../double";
import { MAX_ITEMS } from "../json/path";
import { Json } from "../json/read";
import { isName } from "../path";
import { Text } from "../text";
import { BlockDrive, readBlockDrive } from "./block-drive";
import { readId } from "./id";
import { readMount } from "./mount";
import { readDirectory, readTexts } from "./values";

/** The mount that makes a container's root filesystem (containerd's Mount). */
@final @unmanaged
export class RootFs {
  source: Text | null = null;
  target: Text | null = null;
  type: Text = Text.empty;
  options: List<Text> = new List<Text>();
}

/** A container, as its request describes it. */
@final @unmanaged
export class Container {
  id: Text = Text.empty;
  bundle: Text | null = null;
  rootFs: RootFs = new RootFs();
  rootfsSuffix: Text = Text.of("rootfs");
  fstype: Text = Text.empty;
  blockDrive: BlockDrive | null = null;
}

export function readContainer(json: Json): Container {
  const container = new Container();
  json.object();
  while (json.field()) {
    if (json.is("id")) container.id = readId(json);
    else if (json.is("bundle")) container.bundle = readDirectory(json);
    else if (json.is("rootFs")) container.rootFs = readRootFs(json);
    else if (json.is("rootfsSuffix")) container.rootfsSuffix = readSuffix(json);
    else if (json.is("fstype")) container.fstype = json.text();
    else if (json.is("blockDrive")) container.blockDrive = readBlockDrive(json);
    else if (json.is("annotations")) readAnnotations(json);
    else if (json.is("mounts")) readMounts(json);
    else json.unknownField();
  }
  json.require(container.id.length > 0, "id");
  return container;
}

function readRootFs(json: Json): RootFs {
  const rootFs = new RootFs();
  json.object();
  while (json.field()) {
    if (json.is("source")) rootFs.source = json.text();
    else if (json.is("target")) rootFs.target = json.text();
    else if (json.is("type")) rootFs.type = json.text();
    else if (json.is("options")) rootFs.options = readTexts(json);
    else json.unknownField();
  }
  return rootFs;
}

/** One name, or nothing: a block device may be the root filesystem itself. */
function readSuffix(json: Json): Text {
  const suffix = json.text();
  if (suffix.length > 0 && !isName(suffix)) json.refuse("bad-name", suffix);
  return suffix;
}

function readAnnotations(json: Json): void {
  const names: List<Text> = new List<Text>();
  json.object();
  while (json.field()) {
    names.push(json.key());
    if (names.length > MAX_ITEMS) json.refuse("too-many", Text.ofNumber(MAX_ITEMS));
    json.text();
  }
  const double = firstDouble(names);
  if (double >= 0) json.refuseField(names[double], "duplicate-field");
}

function readMounts(json: Json): void {
  json.array();
  while (json.item()) readMount(json);
}
