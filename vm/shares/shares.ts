import { lstat } from "node:fs/promises";
import type { FilesystemShare } from "../../ffi/mod.ts";
import type { AgentStorage, Sandbox } from "../../mod.ts";
import type { GuestMount } from "../guest/guest-mount.ts";
import { guestScript } from "../guest/guest-script.ts";
import { shareBind, sharesMounts } from "../guest/shares-mounts.ts";
import { addShare } from "./add-share.ts";
import {
  type ContainerOptions,
  type ContainerPlace,
  type SharedContainer,
  shareBundle,
} from "./container.ts";
import { followShares } from "./follow-shares.ts";
import type { ShareRequest } from "./options.ts";
import { type ListedShare, listedShares, MACHINE, type Share } from "./share.ts";

/** What shares are made of. */
interface Opened {
  readonly sandbox: Sandbox;
  readonly host: FilesystemShare;
  readonly storages: readonly AgentStorage[];
  readonly isJoined: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The shares of a virtual machine, as `openShares` opens them. Any number of them is one device for the machine. */
export class Shares {
  /** What they are called on this host. */
  readonly id: string;
  /** The tag by which the guest mounts the device. */
  readonly tag: string;
  /** The directory that virtiofsd exports: the view, which is read-only at its top. */
  readonly directory: string;
  /** Where the guest mounts the device. */
  readonly guestDirectory: string;
  readonly #opened: Opened;
  readonly #containers = new Map<string, SharedContainer>();

  /** `openShares` makes one. */
  constructor(opened: Opened) {
    const { sandbox, host, storages } = opened;
    this.#opened = opened;
    this.id = sandbox.id;
    this.tag = host.tag as string;
    this.directory = host.viewPath as string;
    const [device] = storages as [AgentStorage];
    this.guestDirectory = device.mountPoint.slice(0, -1);
  }

  /**
   * Shares a file or directory: a guest that runs sees it as soon as it looks. Nothing is shared if it fails. The same share once more
   * is the same share.
   *
   * @throws {TypeError} for a request that is none.
   * @throws {RequestError} for a target that no share can have: a relative one, one with "..", the guest's /proc, /sys, /dev, its root,
   *   the directory of the shares.
   * @throws {StepError} for a source that cannot be shared, a target that has another share, or a call that failed.
   */
  add(request: ShareRequest): Promise<Share> {
    const { host, signal } = this.#opened;
    return addShare(host, MACHINE, request, signal);
  }

  /** What is shared now, by whichever process: also in containers. */
  async list(): Promise<readonly ListedShare[]> {
    return listedShares(await this.#opened.host.list());
  }

  /**
   * Shares what an OCI bundle's config.json says: its root filesystem and all its mounts, all or nothing. A guest that obeys
   * `guestScript` has the container's root at `rootPath` then.
   *
   * @throws {FormatError} for a config.json that says something else, and as `add`.
   */
  async addContainer(bundle: string, options: ContainerOptions = {}): Promise<SharedContainer> {
    const { host, storages, signal } = this.#opened;
    const place: ContainerPlace = {
      ...{ host, storages, signal },
      list: () => this.list(),
      bindOf: (share, root) => this.#bindOf(share, root),
      forget: (id) => this.#containers.delete(id),
    };
    const container = await shareBundle(place, bundle, options);
    this.#containers.set(container.id, container);
    return container;
  }

  /** What the guest mounts, in order: the device, each share at its target, and the containers that this object shares. */
  async guestMounts(): Promise<GuestMount[]> {
    const { tag, guestDirectory } = this;
    const listed = (await this.list()).filter(({ container }) => container === undefined);
    const shares = await Promise.all(listed.map((share) => withKind(this.directory, share)));
    const mounts = sharesMounts({ tag, guestDirectory, shares: shares.flatMap((share) => share ?? []) });
    const containers = [...this.#containers.values()];
    return [...mounts, ...(await Promise.all(containers.map((one) => one.guestMounts()))).flat()];
  }

  /** A shell script that does that in the guest; busybox is enough. It may be run again after each change. */
  async guestScript(): Promise<string> {
    return guestScript(await this.guestMounts());
  }

  async #bindOf(share: ListedShare, root: string): Promise<GuestMount | undefined> {
    const found = await withKind(this.directory, { ...share, target: root + share.target });
    return found && { ...shareBind(found, this.guestDirectory), root };
  }

  /**
   * Gives the shares at the beginning, and again after each change, by whichever process, until the signal ends it. Many changes at
   * once are one.
   */
  follow(signal?: AbortSignal): AsyncGenerator<readonly ListedShare[], void, void> {
    return followShares({ directory: this.directory, list: () => this.list() }, signal);
  }

  /**
   * Removes all shares, also those that other processes added, and all that was mounted for them. Shares that were joined stay.
   *
   * @throws {PlanError} with every step that failed; calling it again finishes the work.
   */
  async close(): Promise<void> {
    const { host, isJoined } = this.#opened;
    if (!isJoined) await host.cleanup();
  }

  /** For `await using`: as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

// Undefined for a share that was removed meanwhile.
async function withKind(view: string, { name, target, mode }: ListedShare) {
  const found = await lstat(`${view}/${name}`).catch(() => undefined);
  return found && ({ name, target, mode, kind: found.isDirectory() ? "directory" : "file" } as const);
}
