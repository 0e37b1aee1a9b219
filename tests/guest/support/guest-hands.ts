import { dirname } from "node:path";
import type { AgentStorage } from "../../../ffi/mod.ts";
import type { StorageHands } from "../../support/agent/played/machine.ts";
import { deviceAt } from "./addresses.ts";
import { eventually } from "./eventually.ts";
import type { Guest } from "./guest.ts";
import { mountOptions } from "./mount-options.ts";
import { pathOf } from "./tree.ts";
import { WatchedCopy } from "./watched-copy.ts";

const CREATE = "io.katacontainers.volume.overlayfs.create_directory=";
const HUGEPAGES = "/sys/kernel/mm/hugepages";

/** What the agent's handlers do with storages, done in a guest. */
export class GuestHands implements StorageHands {
  readonly #guest: Guest;
  readonly #deviceTimeoutMs: number;
  readonly #makesDirectories: boolean;
  /** Where something is mounted, in order. */
  readonly #mounted = new Set<string>();
  /** Copies that follow a directory, by their places. */
  readonly #watched = new Map<string, WatchedCopy>();

  /** `deviceTimeoutMs` is how long it waits for a device. */
  constructor(
    guest: Guest,
    {
      deviceTimeoutMs = 30_000,
      makesDirectories = true,
    }: { deviceTimeoutMs?: number; makesDirectories?: boolean } = {},
  ) {
    this.#guest = guest;
    this.#deviceTimeoutMs = deviceTimeoutMs;
    this.#makesDirectories = makesDirectories;
  }

  mount(storage: AgentStorage): Promise<void> {
    return this.#handlerOf(storage)(storage);
  }

  async unmount({ driver, mountPoint }: AgentStorage): Promise<void> {
    if (driver === "watchable-bind") await this.#endWatched(mountPoint);
    else await this.#unmount(mountPoint);
  }

  /** Unmounts all that it mounted, however far it came. */
  async unmountAll(): Promise<void> {
    // A copy that follows a directory is at work in what is to be unmounted.
    for (const mountPoint of [...this.#watched.keys()]) await this.#endWatched(mountPoint);
    // What it had started may look there for a moment more.
    for (const mountPoint of [...this.#mounted].toReversed())
      await eventually(() => this.#unmount(mountPoint));
  }

  async #unmount(mountPoint: string): Promise<void> {
    await this.#guest.call("umount", mountPoint, "0");
    this.#mounted.delete(mountPoint);
  }

  #handlerOf({ driver }: AgentStorage): (storage: AgentStorage) => Promise<void> {
    switch (driver) {
      case "virtio-fs":
        return (storage) => this.#mount(storage);
      case "blk":
      case "scsi":
      case "mmioblk":
      case "nvdimm":
        return (storage) => this.#mountDisk(storage);
      case "overlayfs":
        return (storage) => this.#mountOverlay(storage);
      case "ephemeral":
        return (storage) => this.#mountMemory(storage);
      case "local":
        return (storage) => this.#makeLocal(storage);
      case "watchable-bind":
        return (storage) => this.#copyWatched(storage);
      default:
        throw new Error(`Failed to find the storage handler ${driver}`);
    }
  }

  async #mount({ source, fstype, options, mountPoint }: AgentStorage): Promise<void> {
    const { flags, data } = mountOptions(options);
    await this.#guest.call("mkdirs", mountPoint);
    await this.#guest.call("mount", source, mountPoint, fstype, String(flags), data);
    this.#mounted.add(mountPoint);
  }

  async #mountDisk(storage: AgentStorage): Promise<void> {
    const source = await deviceAt(this.#guest, storage, this.#deviceTimeoutMs);
    await this.#mount({ ...storage, source });
    const { fsGroup, mountPoint } = storage;
    if (fsGroup) await this.#giveTo(String(fsGroup.groupId), mountPoint);
  }

  // Files get "rw" of their group, directories also "x" and the set-group-id bit.
  async #giveTo(group: string, directory: string): Promise<void> {
    for (const entry of await this.#guest.tree(directory)) {
      const { kind, mode, uid } = entry;
      const path = pathOf(directory, entry);
      await this.#guest.call("chown", path, String(uid), group);
      const bits = Number.parseInt(mode, 8) | (kind === "directory" ? 0o2770 : 0o660);
      if (kind !== "link") await this.#guest.call("chmod", path, bits.toString(8));
    }
  }

  async #mountOverlay(storage: AgentStorage): Promise<void> {
    const named = storage.driverOptions.filter((each) => each.startsWith(CREATE));
    for (const option of this.#makesDirectories ? named : [])
      await this.#guest.call("mkdirs", option.slice(CREATE.length));
    await this.#mount(storage);
  }

  // Of a tmpfs' options the agent knows the group only, and drops the others.
  async #mountMemory(storage: AgentStorage): Promise<void> {
    if (storage.fstype === "hugetlbfs") {
      await this.#reservePages(storage.options.join(","));
      return this.#mount(storage);
    }
    await this.#mount({ ...storage, options: [] });
    const group = optionOf("fsgid", storage.options);
    if (group !== undefined) await this.#setGroup(storage.mountPoint, group, 0o1777);
  }

  async #reservePages(options: string): Promise<void> {
    const [size, page] = ["size", "pagesize"].map((key) => Number(optionOf(key, options.split(","))));
    const file = `${HUGEPAGES}/hugepages-${(page as number) / 1024}kB/nr_hugepages`;
    await this.#guest.write(file, String((size as number) / (page as number)));
    const reserved = Number(await this.#guest.read(file));
    if (reserved !== (size as number) / (page as number))
      throw new Error(`Cannot reserve huge pages for "${options}": ${reserved}`);
  }

  async #makeLocal({ options, mountPoint }: AgentStorage): Promise<void> {
    await this.#guest.call("mkdirs", mountPoint);
    const group = optionOf("fsgid", options);
    const mode = Number.parseInt(optionOf("mode", options) ?? "755", 8);
    if (group !== undefined) await this.#setGroup(mountPoint, group, mode);
    else await this.#guest.call("chmod", mountPoint, mode.toString(8));
  }

  async #setGroup(path: string, group: string, mode: number): Promise<void> {
    await this.#guest.call("chown", path, "0", group);
    await this.#guest.call("chmod", path, (mode | 0o2000).toString(8));
  }

  // The shared filesystem is read-only above, so that the copies are on a tmpfs of their own.
  async #copyWatched({ source, mountPoint }: AgentStorage): Promise<void> {
    const above = dirname(mountPoint);
    const tmpfs = { driver: "", driverOptions: [], source: "tmpfs", fstype: "tmpfs", options: ["mode=0755"] };
    if (!this.#mounted.has(above)) await this.#mount({ ...tmpfs, mountPoint: above });
    const watched = new WatchedCopy(this.#guest, mountPoint);
    await watched.follow(source);
    this.#watched.set(mountPoint, watched);
  }

  async #endWatched(mountPoint: string): Promise<void> {
    await this.#watched.get(mountPoint)?.end();
    this.#watched.delete(mountPoint);
  }
}

function optionOf(key: string, options: readonly string[]): string | undefined {
  return options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1);
}
