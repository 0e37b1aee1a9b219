import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { AgentStorage } from "../../../ffi/mod.ts";
import { mount, unmount } from "../mounts.ts";
import type { Scratch } from "../scratch.ts";
import { withDevice } from "./disk-image.ts";

const CREATE = "io.katacontainers.volume.overlayfs.create_directory=";
const diskDrivers = ["blk", "scsi", "mmioblk", "blk-ccw"];

/**
 * Does what Kata's agent does with storages, with a directory as the guest's root. The view is at /guest there, as
 * virtio-fs has it, and what is shared later appears too.
 */
export class Guest {
  readonly #root: string;
  readonly #disks: Readonly<Record<string, string>>;
  readonly #mounted: string[] = [];

  /** `disks` are the images that the guest has, by the sources of their storages. Needs a prepared sandbox. */
  constructor(scratch: Scratch, disks: Readonly<Record<string, string>> = {}) {
    this.#root = scratch.directory("guest-root");
    this.#disks = disks;
    const view = scratch.directory("guest-root/guest");
    mount("--rbind", scratch.inSandbox("shared"), view);
    mount("--make-rslave", view);
  }

  /** Where a path of the guest is on the host. */
  at(...path: string[]): string {
    return join(this.#root, ...path);
  }

  /** Mounts what the agent is asked to, in order. */
  mount(storages: readonly AgentStorage[]): void {
    for (const storage of storages) this.#mount(storage);
  }

  /** Unmounts it all again, as the agent does when a container ends. Only then its host takes anything back. */
  unmount(): void {
    for (const target of this.#mounted.splice(0).reverse()) unmount(target);
  }

  // As the agent does: directories first, then one mount with the options as they are.
  #mount({ driver, driverOptions, source, fstype, options, mountPoint }: AgentStorage): void {
    for (const option of driverOptions.filter((each) => each.startsWith(CREATE)))
      mkdirSync(this.at(option.slice(CREATE.length)), { recursive: true });
    const target = this.at(mountPoint);
    mkdirSync(target, { recursive: true });
    const inRoot = options.map((option) => this.#inRoot(option)).join(",");
    const flags = inRoot === "" ? [] : ["-o", inRoot];
    const mountFrom = (what: string) => mount("-i", "-t", fstype, ...flags, what, target);
    if (driver === "overlayfs") mountFrom(source);
    else if (diskDrivers.includes(driver)) withDevice(this.#diskAt(source), mountFrom);
    else throw new Error(`Cannot mount a storage of the driver "${driver}": the guest has none such`);
    this.#mounted.push(target);
  }

  #diskAt(source: string): string {
    const image = this.#disks[source];
    if (image === undefined) throw new Error(`Cannot find a disk at "${source}": the guest has none there`);
    return image;
  }

  // The paths in an overlay's options start at the guest's root.
  #inRoot(option: string): string {
    const [, key = "", paths] = /^(lowerdir|upperdir|workdir)=(.*)$/.exec(option) ?? [];
    if (paths === undefined) return option;
    const inRoot = paths.split(":").map((path) => this.at(path));
    return `${key}=${inRoot.join(":")}`;
  }
}
