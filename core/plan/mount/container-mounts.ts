import * as directories from "../../directories";
import { List } from "../../list";
import { join } from "../../path";
import { Container } from "../../request/container";
import { CopiedSource } from "../../request/copied";
import { SourceKind } from "../../request/facts";
import { HubShare } from "../../request/hub-share";
import { RequestLocation } from "../../request/location";
import { Mount } from "../../request/mount";
import { EmptydirMode, Sandbox } from "../../request/sandbox";
import { mkdir } from "../../step";
import { Text } from "../../text";
import { hasOption } from "../agent-options";
import { Plan } from "../plan";
import { absoluteOf } from "../source-path";
import { ContainerAnswer } from "./container-answer";
import { ContainerStorages } from "./container-storages";
import { Copies } from "./copies";
import { diskVolumeStorage } from "./disk-volume";
import { EmptyDir, emptyDirOf } from "./empty-dir";
import { directoryStorage, ephemeralStorage, hugepagesStorage, localStorage } from "./guest-volume";
import { MountSource, sourceToCopy, sourceToShare } from "./mount-source";
import { Outcome } from "./outcome";
import { planShm } from "./shared-memory";
import { Shares } from "./shares";
import { classify, VolumeKind } from "./volume-kind";
import { watchableStorage } from "./watchable-storage";

/** Plans the mounts of a container. */
@final @unmanaged
export class ContainerMounts {
  readonly storages: ContainerStorages = new ContainerStorages();
  // The outcomes of mounts that are shared in the hub, and for each its source.
  private readonly shared: List<Outcome> = new List<Outcome>();
  private readonly sharedSources: List<MountSource> = new List<MountSource>();
  // The same of mounts that are copied into the guest.
  private readonly copied: List<Outcome> = new List<Outcome>();
  private readonly copiedSources: List<MountSource> = new List<MountSource>();

  constructor(
    private readonly plan: Plan,
    private readonly sandbox: Sandbox,
    private readonly container: Container,
    private readonly answer: ContainerAnswer,
  ) {}

  /** Decides what becomes of a mount. Shares and copies get their steps in `planSteps`. */
  add(mount: Mount, random: Text, index: i32): void {
    const location = new RequestLocation("container.mounts", index);
    const source = mount.source != null ? absoluteOf(this.container.bundle, mount.source!) : Text.empty;
    const emptyDir = emptyDirOf(mount, source);
    const outcome = new Outcome(mount, classify(this.sandbox, mount, source, emptyDir));
    this.answer.outcomes.push(outcome);
    if (this.needsDisk(outcome, emptyDir) && mount.blockDrive == null) {
      location.lacks("blockDrive");
      return;
    }
    switch (outcome.kind) {
      case VolumeKind.Shared:
      case VolumeKind.Watchable: this.addShare(outcome, random, location); break;
      case VolumeKind.Copied: this.addCopy(outcome, random, location); break;
      case VolumeKind.Shm: planShm(this.sandbox, outcome, location); break;
      case VolumeKind.Ignored: outcome.isKept = false; break;
      case VolumeKind.Guest: break;
      default: this.addGuestVolume(outcome, emptyDir, location);
    }
  }

  private needsDisk(outcome: Outcome, emptyDir: EmptyDir | null): bool {
    return outcome.kind == VolumeKind.Layer || outcome.mount.directVolume != null || this.isSandboxDisk(emptyDir);
  }

  // Whether the guest gets a disk for an emptyDir.
  private isSandboxDisk(emptyDir: EmptyDir | null): bool {
    return emptyDir != null && !emptyDir.isMemory && this.sandbox.emptydirMode != EmptydirMode.SharedFs;
  }

  private addShare(outcome: Outcome, random: Text, location: RequestLocation): void {
    const source = sourceToShare(this.container.bundle, outcome.mount, random, location);
    if (source.isIdMapped) outcome.mapIdsOnHost();
    outcome.setBindType();
    this.sharedSources.push(source);
    this.shared.push(outcome);
  }

  private addCopy(outcome: Outcome, random: Text, location: RequestLocation): void {
    outcome.setBindType();
    this.copiedSources.push(sourceToCopy(this.container.bundle, outcome.mount, random, location));
    this.copied.push(outcome);
  }

  // A volume that the agent makes or mounts in the guest, or a layer of the root filesystem.
  private addGuestVolume(outcome: Outcome, emptyDir: EmptyDir | null, location: RequestLocation): void {
    const mount = outcome.mount;
    const volume = emptyDir != null ? emptyDir.path : mount.source != null ? mount.source! : Text.empty;
    if (outcome.kind == VolumeKind.Ephemeral) {
      const storage = ephemeralStorage(mount, volume, location);
      this.storages.ephemeral.push(storage);
      outcome.mountFrom(storage, "bind");
    } else if (outcome.kind == VolumeKind.Hugepages) {
      const storage = hugepagesStorage(this.container, mount, volume, location);
      this.storages.hugepages.push(storage);
      outcome.mountFrom(storage, "bind");
    } else if (outcome.kind == VolumeKind.Local) {
      const storage = localStorage(this.sandbox, this.container, mount, volume, location);
      this.storages.local.push(storage);
      outcome.mountFrom(storage, "local");
    } else this.addDisk(outcome, this.isSandboxDisk(emptyDir), location);
    if (emptyDir != null && emptyDir.subPath.length > 0) this.mountSubPath(outcome, emptyDir.subPath, location);
  }

  private addDisk(outcome: Outcome, isSandboxDisk: bool, location: RequestLocation): void {
    const storage = diskVolumeStorage(this.sandbox, outcome.mount, location);
    if (storage == null) return;
    // An emptyDir lives as long as its pod. The agent empties and removes other mount points with their last container.
    storage.isShared = isSandboxDisk;
    if (outcome.kind == VolumeKind.Layer) {
      outcome.isKept = false;
      this.storages.layers.push(storage);
      return;
    }
    storage.mountPoint = directories.guestBlockVolume(storage.source);
    this.storages.disks.push(storage);
    outcome.mountFrom(storage, "");
    if (!hasOption(outcome.mount.options, "io.katacontainers.fs-opt.block_device=file")) return;
    // The agent mounts the file's filesystem, and the container's mount is a bind of that.
    outcome.options = new List<Text>();
    outcome.options.push(Text.of("bind"));
  }

  // Mounts a directory of a volume that is in the guest. The agent creates it there: the host's own directory stays unused.
  private mountSubPath(outcome: Outcome, subPath: Text, location: RequestLocation): void {
    if (outcome.shared == null) return;
    const mount = outcome.mount;
    if (mount.facts.kind == SourceKind.File) location.refuse("file-of-the-host", mount.source, "source");
    const volume = outcome.shared!.storages[0];
    const directory = directoryStorage(mount, join(volume.mountPoint, subPath));
    this.storages.subPaths.push(directory);
    outcome.mountFrom(directory, "");
    outcome.shared!.storages.set(0, volume);
    outcome.shared!.storages.push(directory);
  }

  /** Plans the steps of all copies and shares, one for each source and way to share it. */
  planSteps(hubShares: List<HubShare>, copied: List<CopiedSource>): void {
    const copies = new Copies(this.plan, this.sandbox, this.container.id);
    copies.add(this.copiedSources, copied);
    for (let i = 0; i < this.copied.length; i++) this.copied[i].setShared(copies.files[i]);
    const shares = new Shares(this.plan, this.sandbox, this.container.id);
    if (this.hasWatchable()) this.plan.add(mkdir(directories.watchable(this.plan.directory), directories.DIRECTORY_MODE));
    shares.add(this.sharedSources, hubShares);
    for (let i = 0; i < this.shared.length; i++) {
      const outcome = this.shared[i];
      outcome.setShared(shares.files[i]);
      if (outcome.kind == VolumeKind.Watchable) {
        const random = this.sharedSources[i].random;
        this.storages.watchable.push(watchableStorage(this.sandbox, this.container, outcome, random));
      } else if (shares.isJoined[i]) outcome.reason = "same-source";
    }
  }

  private hasWatchable(): bool {
    for (let i = 0; i < this.shared.length; i++) {
      if (this.shared[i].kind == VolumeKind.Watchable) return true;
    }
    return false;
  }
}
