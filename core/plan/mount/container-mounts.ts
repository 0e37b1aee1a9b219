import * as directories from "../directories";
import { List } from "../list";
import { join } from "../path";
import { Place } from "../place";
import { Container } from "../request/container";
import { CopiedSource } from "../request/copied";
import { SourceKind } from "../request/facts";
import { HeldShare } from "../request/held";
import { Mount } from "../request/mount";
import { EmptydirMode, Sandbox } from "../request/sandbox";
import { shareName } from "../share-name";
import { mkdir } from "../step";
import { Storage } from "../storage";
import { Text } from "../text";
import { blockVolumeStorage } from "./block-volume";
import { ContainerAnswer, Outcome } from "./container-answer";
import { Copies } from "./copies";
import { EmptyDir, emptyDirOf } from "./empty-dir";
import { includes } from "./guest-option";
import { directoryStorage, ephemeralStorage, hugepagesStorage, localStorage } from "./guest-volume";
import { Plan } from "./plan";
import { SharedFile } from "./shared-file";
import { DIRECTORY_MODE } from "./sandbox";
import { copyOf, Share, shareOf } from "./share";
import { planShm } from "./shared-memory";
import { Shares } from "./shares";
import { absoluteOf } from "./source";
import { isMadeByGuest, VolumeKind, volumeOf } from "./volume-kind";

/** The mounts of a container, one after the other, and the storages that they need. */
@final @unmanaged
export class Volumes {
  // By kind, in the order in which the agent gets them (Kata's createContainer).
  private readonly layers: List<Storage> = new List<Storage>();
  private readonly watchable: List<Storage> = new List<Storage>();
  private readonly ephemeral: List<Storage> = new List<Storage>();
  private readonly hugepages: List<Storage> = new List<Storage>();
  private readonly local: List<Storage> = new List<Storage>();
  private readonly disks: List<Storage> = new List<Storage>();
  private readonly subPaths: List<Storage> = new List<Storage>();
  // What is shared in the hub, and what becomes of it.
  private readonly shares: List<Share> = new List<Share>();
  private readonly sharers: List<Outcome> = new List<Outcome>();
  // What is copied into the guest, likewise.
  private readonly copies: List<Share> = new List<Share>();
  private readonly copiers: List<Outcome> = new List<Outcome>();

  constructor(
    private readonly plan: Plan,
    private readonly sandbox: Sandbox,
    private readonly container: Container,
    private readonly answer: ContainerAnswer,
  ) {}

  /** Plans a mount; what is to be shared waits for `share`. */
  add(mount: Mount, random: Text, index: i32): void {
    const place = new Place("container.mounts", index);
    const container = this.container;
    const source = mount.source != null ? absoluteOf(container.bundle, mount.source!) : Text.empty;
    const emptyDir = emptyDirOf(mount, source);
    const outcome = new Outcome(mount, volumeOf(this.sandbox, mount, source, emptyDir));
    this.answer.outcomes.push(outcome);
    const isDiskOfSandbox = this.isDiskOfSandbox(emptyDir);
    const isDisk = outcome.volume.kind == VolumeKind.Layer || mount.directVolume != null || isDiskOfSandbox;
    if (isDisk && mount.blockDrive == null) {
      place.lacks("blockDrive");
      return;
    }
    const volume = emptyDir != null ? emptyDir.path : mount.source != null ? mount.source! : Text.empty;
    switch (outcome.volume.kind) {
      case VolumeKind.Shared:
      case VolumeKind.Watchable: this.addShare(outcome, random, place); break;
      case VolumeKind.Copied: {
        outcome.sayBind();
        this.copies.push(copyOf(container.bundle, mount, random, place));
        this.copiers.push(outcome);
        break;
      }
      case VolumeKind.Ignored: outcome.isKept = false; break;
      case VolumeKind.Shm: planShm(this.sandbox, outcome, place); break;
      case VolumeKind.Ephemeral: outcome.take(this.ephemeral, ephemeralStorage(mount, volume, place), "bind"); break;
      case VolumeKind.Hugepages:
        outcome.take(this.hugepages, hugepagesStorage(container, mount, volume, place), "bind");
        break;
      case VolumeKind.Local:
        outcome.take(this.local, localStorage(this.sandbox, container, mount, volume, place), "local");
        break;
      case VolumeKind.Block:
      case VolumeKind.Layer: this.addDisk(outcome, isDiskOfSandbox, place); break;
      default: break;
    }
    if (emptyDir != null && emptyDir.subPath.length > 0) this.takeSubPath(outcome, emptyDir.subPath, place);
  }

  // Of a volume that the guest makes the directory that is asked for, made there too: the host has made its own already.
  private takeSubPath(outcome: Outcome, subPath: Text, place: Place): void {
    if (outcome.shared == null || !isMadeByGuest(outcome.volume.kind)) return;
    if (outcome.mount.facts.kind == SourceKind.File) place.refuse("file-of-the-host", outcome.mount.source, "source");
    const volume = outcome.shared!.storages[0];
    const directory = directoryStorage(outcome.mount, join(volume.mountPoint, subPath));
    outcome.take(this.subPaths, directory, "");
    outcome.shared!.storages.set(0, volume);
    outcome.shared!.storages.push(directory);
  }

  // Whether it is an emptyDir for which the guest is to get a disk.
  private isDiskOfSandbox(emptyDir: EmptyDir | null): bool {
    return emptyDir != null && !emptyDir.isMemory && this.sandbox.emptydirMode != EmptydirMode.SharedFs;
  }

  private addShare(outcome: Outcome, random: Text, place: Place): void {
    const mount = outcome.mount;
    const share = shareOf(this.container.bundle, mount, random, place);
    if (share.isIdMapped) outcome.mapIds();
    outcome.sayBind();
    this.shares.push(share);
    this.sharers.push(outcome);
  }

  private addDisk(outcome: Outcome, isDiskOfSandbox: bool, place: Place): void {
    const storage = blockVolumeStorage(this.sandbox, outcome.mount, place);
    if (storage == null) return;
    // An emptyDir lives as long as its pod. The agent empties and removes other mount points with their last container.
    storage.isShared = isDiskOfSandbox;
    if (outcome.volume.kind == VolumeKind.Layer) {
      outcome.isKept = false;
      this.layers.push(storage);
      return;
    }
    storage.mountPoint = directories.guestBlockVolume(storage.source);
    outcome.take(this.disks, storage, "");
    if (!includes(outcome.mount.options, "io.katacontainers.fs-opt.block_device=file")) return;
    // The agent has mounted the file's filesystem: the container's mount is a bind of that.
    outcome.options = new List<Text>();
    outcome.options.push(Text.of("bind"));
  }

  /** Plans the mounts in the hub, one for each source and way to share it; or the copies. */
  share(held: List<HeldShare>, copied: List<CopiedSource>): void {
    this.copy(copied);
    const shares = new Shares(this.plan, this.sandbox, this.container.id);
    if (this.hasWatchable()) this.plan.add(mkdir(directories.watchable(this.plan.directory), DIRECTORY_MODE));
    shares.add(this.shares, held);
    for (let i = 0; i < this.sharers.length; i++) {
      const outcome = this.sharers[i];
      const file = shares.files[i];
      outcome.shared = file;
      outcome.source = file.guestPath;
      if (shares.isJoined[i] && outcome.volume.kind == VolumeKind.Shared) outcome.reason = "same-source";
      if (outcome.volume.kind == VolumeKind.Watchable) this.watch(outcome, file, this.shares[i].random);
    }
  }

  private copy(copied: List<CopiedSource>): void {
    const copies = new Copies(this.plan, this.sandbox, this.container.id);
    copies.add(this.copies, copied);
    for (let i = 0; i < this.copiers.length; i++) {
      const outcome = this.copiers[i];
      outcome.shared = copies.files[i];
      outcome.source = copies.files[i].guestPath;
    }
  }

  private hasWatchable(): bool {
    for (let i = 0; i < this.sharers.length; i++) {
      if (this.sharers[i].volume.kind == VolumeKind.Watchable) return true;
    }
    return false;
  }

  // virtio-fs has no inotify: the agent looks at the files from time to time, and copies them to where it has. It does so
  // once for each mount point, for the first container that names it, and deletes the copy with that one: so each mount of
  // each container has a mount point of its own, though they have one mount in the hub.
  private watch(outcome: Outcome, file: SharedFile, random: Text): void {
    const directory = join(directories.guestDirectory(this.sandbox), Text.of("watchable"));
    const mountPoint = join(directory, shareName(this.container.id, random, outcome.mount.destination));
    const storage = new Storage("watchable-bind", file.guestPath, Text.of("bind"), mountPoint);
    storage.options = outcome.options;
    this.watchable.push(storage);
    const shared = new SharedFile(file.guestPath);
    shared.hostPath = file.hostPath;
    shared.storages.push(storage);
    outcome.shared = shared;
    outcome.source = mountPoint;
  }

  /** All storages in the order in which the agent gets them: layers, the root filesystem's, and the volumes'. */
  storagesWith(root: List<Storage>): List<Storage> {
    const storages: List<Storage> = new List<Storage>();
    addAll(storages, this.layers);
    addAll(storages, root);
    addAll(storages, this.watchable);
    addAll(storages, this.ephemeral);
    addAll(storages, this.hugepages);
    addAll(storages, this.local);
    addAll(storages, this.disks);
    addAll(storages, this.subPaths);
    return storages;
  }
}

function addAll(storages: List<Storage>, more: List<Storage>): void {
  for (let i = 0; i < more.length; i++) storages.push(more[i]);
}
