import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { FilesystemShare } from "../../ffi/mod.ts";
import { type AgentStorage, type ContainerPlan, containerOf } from "../../mod.ts";
import { checkOptionNames } from "../../words/option-names.ts";
import { containerMounts, containerRoot } from "../guest/container-mounts.ts";
import type { GuestMount } from "../guest/guest-mount.ts";
import { addShare } from "./add-share.ts";
import type { ShareRequest } from "./options.ts";
import { type ContainerProcess, processOf } from "./process-of-config.ts";
import type { ListedShare, Share } from "./share.ts";

/** How a bundle is shared. */
export interface ContainerOptions {
  /** The container's id. Default: the name of the bundle's directory. */
  readonly id?: string | undefined;
}

/** A container that is shared with the guest. */
export interface SharedContainer {
  /** Its id. */
  readonly id: string;
  /** Its root in the guest, as soon as the guest has obeyed the script of the shares. */
  readonly rootPath: string;
  /** What the bundle starts in it. */
  readonly process: ContainerProcess;
  /** Shares a file or directory at a place in the container, as `Shares.add` does. */
  add(request: ShareRequest): Promise<Share>;
  /** What the guest mounts for it, in order. */
  guestMounts(): Promise<GuestMount[]>;
  /**
   * Removes all that is shared for it. What other containers use, too, stays for them. A second call does nothing.
   *
   * @throws {PlanError} with every step that failed; calling it again finishes the work.
   */
  remove(): Promise<void>;
  /** For `await using`: as `remove`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Where containers are shared. */
export interface ContainerPlace {
  readonly host: FilesystemShare;
  readonly storages: readonly AgentStorage[];
  readonly signal: AbortSignal | undefined;
  /** What is shared now. */
  list(): Promise<readonly ListedShare[]>;
  /** The bind by which the guest has a share in a container's root; undefined if the share is gone. */
  bindOf(share: ListedShare, root: string): Promise<GuestMount | undefined>;
  /** Is called when a container is removed. */
  forget(id: string): void;
}

/** Shares the bundle in a directory: `Shares.addContainer`. */
export async function shareBundle(
  place: ContainerPlace,
  directory: string,
  options: ContainerOptions,
): Promise<SharedContainer> {
  checkOptionNames(options, { id: true });
  const bundle = resolve(directory);
  const { id = basename(bundle) } = options;
  const text = await readFile(join(bundle, "config.json"), "utf8");
  const container = containerOf(text, { id, bundle });
  const process = processOf(JSON.parse(text));
  const { host, signal } = place;
  const plan = await host.shareContainer(container, { signal });
  const remove = async () => {
    for (const { name, target: destination } of await sharesIn(place, id))
      await host.unshareFile({ id }, { destination, hostPath: `${plan.directory}/mounts/${name}` });
    await host.unshareContainer(container);
    place.forget(id);
  };
  return Object.freeze({
    ...{ id, rootPath: containerRoot({ id }), process, remove, [Symbol.asyncDispose]: remove },
    add: (request: ShareRequest) => addShare(host, id, request, signal),
    guestMounts: () => guestMountsOf(place, id, plan),
  });
}

async function sharesIn(place: ContainerPlace, id: string): Promise<readonly ListedShare[]> {
  return (await place.list()).filter(({ container }) => container === id);
}

// Its own shares come last, but before its root is made read-only: until then mount points can be made.
async function guestMountsOf(place: ContainerPlace, id: string, plan: ContainerPlan): Promise<GuestMount[]> {
  const mounts = containerMounts({ id, sandboxStorages: place.storages, plan });
  const shares = await sharesIn(place, id);
  const binds = await Promise.all(shares.map((share) => place.bindOf(share, containerRoot({ id }))));
  const end = mounts.at(-1)?.kind === "readonly" ? mounts.length - 1 : mounts.length;
  return [...mounts.slice(0, end), ...binds.flatMap((bind) => bind ?? []), ...mounts.slice(end)];
}
