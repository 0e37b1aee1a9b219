import { firstDuplicate } from "../duplicates";
import { JsonReader } from "../json/read";
import { List } from "../list";
import { base, isName } from "../path";
import { Text } from "../text";
import { readId } from "./id";
import { readDirectory, readPath, readWord } from "./values";

export enum SharedFs { VirtioFs, VirtioFsNydus, Virtio9p, None }
export const SHARED_FS: StaticArray<string> = ["virtio-fs", "virtio-fs-nydus", "virtio-9p", "none"];

export enum Hypervisor { Qemu, Clh, Firecracker, Acrn, Dragonball, Stratovirt, Remote, Openvmm }
export const HYPERVISORS: StaticArray<string> = ["qemu", "clh", "firecracker", "acrn", "dragonball", "stratovirt", "remote", "openvmm"];

export enum BlockDriver { VirtioScsi, VirtioBlk, VirtioBlkCcw, VirtioMmio, Nvdimm }
const BLOCK_DRIVERS: StaticArray<string> = ["virtio-scsi", "virtio-blk", "virtio-blk-ccw", "virtio-mmio", "nvdimm"];

export enum EmptydirMode { SharedFs, BlockEncrypted, BlockPlain }
const EMPTYDIR_MODES: StaticArray<string> = ["shared-fs", "block-encrypted", "block-plain"];

export enum Profile { Kata, Vm }
const PROFILES: StaticArray<string> = ["kata", "vm"];

/** A sandbox, as its request describes it. */
@final @unmanaged
export class Sandbox {
  id: Text = Text.empty;
  profile: Profile = Profile.Kata;
  sharedFs: SharedFs = SharedFs.VirtioFs;
  hypervisor: Hypervisor = Hypervisor.Qemu;
  blockDeviceDriver: BlockDriver = BlockDriver.VirtioScsi;
  sandboxBindMounts: List<Text> = new List<Text>();
  serviceOffload: bool = false;
  forceGuestPull: bool = false;
  rootlessDir: Text | null = null;
  hostDir: Text | null = null;
  guestDir: Text | null = null;
  shmSize: i64 = 0;
  virtioFsCache: Text | null = null;
  virtioFsCacheSize: i64 = 0;
  msize9p: i64 = 0;
  emptydirMode: EmptydirMode = EmptydirMode.SharedFs;
  disableGuestEmptyDir: bool = true;

  /** Whether a shared file is named by the place that the guest has it at. */
  get namesPlaces(): bool {
    return this.profile == Profile.Vm;
  }

  /** Whether the guest can mount a directory of the host. */
  sharesFilesystem(): bool {
    if (this.sharedFs == SharedFs.None) return false;
    const hypervisor = this.hypervisor;
    return hypervisor != Hypervisor.Firecracker && hypervisor != Hypervisor.Acrn && hypervisor != Hypervisor.Remote;
  }
}

/** Reads a sandbox. */
export function readSandbox(json: JsonReader): Sandbox {
  const sandbox = new Sandbox();
  json.object();
  while (json.field()) {
    if (!readIdentity(json, sandbox) && !readDirectories(json, sandbox) && !readSettings(json, sandbox)) {
      json.unknownField();
    }
  }
  json.require(sandbox.id.length > 0, "id");
  return sandbox;
}

function readIdentity(json: JsonReader, sandbox: Sandbox): bool {
  if (json.is("id")) sandbox.id = readId(json);
  else if (json.is("profile")) sandbox.profile = readWord(json, PROFILES);
  else if (json.is("sharedFs")) sandbox.sharedFs = readWord(json, SHARED_FS);
  else if (json.is("hypervisor")) sandbox.hypervisor = readWord(json, HYPERVISORS);
  else if (json.is("blockDeviceDriver")) sandbox.blockDeviceDriver = readWord(json, BLOCK_DRIVERS);
  else if (json.is("serviceOffload")) sandbox.serviceOffload = json.boolean();
  else if (json.is("forceGuestPull")) sandbox.forceGuestPull = json.boolean();
  else return false;
  return true;
}

function readDirectories(json: JsonReader, sandbox: Sandbox): bool {
  if (json.is("hostDir")) sandbox.hostDir = readDirectory(json);
  else if (json.is("guestDir")) sandbox.guestDir = readDirectory(json);
  else if (json.is("rootlessDir")) sandbox.rootlessDir = readDirectory(json);
  else if (json.is("kubeletRootDir")) readDirectory(json);
  else if (json.is("sandboxBindMounts")) sandbox.sandboxBindMounts = readBindMounts(json);
  else return false;
  return true;
}

function readSettings(json: JsonReader, sandbox: Sandbox): bool {
  if (json.is("shmSize")) sandbox.shmSize = json.integer();
  else if (json.is("virtioFsCache")) sandbox.virtioFsCache = json.text();
  else if (json.is("virtioFsCacheSize")) sandbox.virtioFsCacheSize = json.integer();
  else if (json.is("msize9p")) sandbox.msize9p = json.integer();
  else if (json.is("emptydirMode")) sandbox.emptydirMode = readWord(json, EMPTYDIR_MODES);
  else if (json.is("disableGuestEmptyDir")) sandbox.disableGuestEmptyDir = json.boolean();
  else return false;
  return true;
}

/** Reads paths whose last names, by which they are mounted in sandbox-mounts, differ (Kata's validateBindMounts). */
function readBindMounts(json: JsonReader): List<Text> {
  const paths: List<Text> = new List<Text>();
  const names: List<Text> = new List<Text>();
  json.array();
  while (json.item()) {
    const path = readPath(json);
    const name = base(path);
    if (!isName(name)) json.refuse("bad-name", path);
    paths.push(path);
    names.push(name);
  }
  const duplicate = firstDuplicate(names);
  if (duplicate >= 0) json.refuseItem(duplicate, "duplicate-name", paths[duplicate]);
  return paths;
}
