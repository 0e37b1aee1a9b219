import type { AgentStorage, Container, ContainerPlan, Mount, Sandbox, SharedFile } from "../mod.ts";
import { AgentOrder } from "./agent-order.ts";
import { cleanup, prepare } from "./operations/prepare.ts";
import { shareContainer, unshareContainer } from "./operations/share-container.ts";
import { type SharedFileHandle, shareFile, unshareFile } from "./operations/share-file.ts";
import { shareRootFilesystem, unshareRootFilesystem } from "./operations/share-root.ts";
import { Performer } from "./performer.ts";
import type {
  CleanupOptions,
  FilesystemShareOptions,
  ShareContainerOptions,
  ShareFileOptions,
} from "./share-options.ts";

/**
 * Shares files of this host with the guest of one sandbox. Only the kernel keeps what is mounted: any process may go on where
 * another one stopped. Every operation can be called again, at the same time as others, and beside other processes.
 *
 * @example
 * ```ts
 * import { FilesystemShare } from "guestshare/host";
 *
 * const share = new FilesystemShare({ id: "s1" });
 * await share.prepare();
 * const mount = { source: "/etc/hostname", destination: "/etc/hostname", options: ["ro"] };
 * const shared = await share.shareFile({ id: "c1" }, mount);
 * console.log(shared?.guestPath);
 * await share.cleanup();
 * ```
 */
export class FilesystemShare extends AgentOrder {
  readonly #performer: Performer;

  /**
   * The shares of a sandbox. Nothing is done yet.
   *
   * @throws {TypeError} for options that are none.
   */
  constructor(sandbox: Sandbox, options: FilesystemShareOptions = {}) {
    const performer = new Performer(sandbox, options);
    super(performer);
    this.#performer = performer;
  }

  /**
   * Makes the sandbox's directory ready: guard, hub, view, and the sandbox's bind mounts. Gives the storages that the
   * guest mounts for the whole sandbox.
   *
   * @throws {RequestError} for a sandbox that the core refuses; nothing was touched.
   * @throws {StepError} for a step that failed; what was done before is undone.
   */
  prepare(): Promise<readonly AgentStorage[]> {
    return prepare(this.#performer);
  }

  /**
   * Removes all that was ever mounted for the sandbox, by this process or another.
   *
   * @throws {PlanError} with every step that failed; the others are done, and calling again finishes the work.
   */
  cleanup(options: CleanupOptions = {}): Promise<void> {
    return cleanup(this.#performer, options);
  }

  /**
   * Shares a file or directory under a name of its own. The guest finds the file at `guestPath`. The handle removes the share
   * by `unshare()` or `await using`; with the handle's `hostPath`, so does `unshareFile` in any process.
   *
   * Null where nothing is shared with the guest, and the source cannot be copied either. A copied volume that kubelet
   * updates (a configmap, say) follows the host's changes until its container is unshared.
   *
   * @throws {RequestError} for a request that the core refuses; nothing was touched.
   * @throws {StepError} for a source that cannot be shared, or a call that failed; nothing is left.
   * @throws {CopyError} where nothing is shared, for a copy that failed.
   */
  shareFile(
    container: Container,
    mount: Mount,
    options: ShareFileOptions = {},
  ): Promise<SharedFileHandle | null> {
    return shareFile(this.#performer, container, mount, options);
  }

  /**
   * Removes what `shareFile` shared for this container; the mount has the `hostPath` that `shareFile` returned. A share of
   * several containers stays for the others. A copy has no `hostPath`: it stays in the guest, and follows no more changes.
   *
   * @throws {RequestError} without a `hostPath` where files are shared, for one that is not directly in the sandbox's mounts,
   *   and for another container's.
   * @throws {PlanError} with every step that failed.
   */
  unshareFile(container: Container, mount: Mount): Promise<void> {
    return unshareFile(this.#performer, container, mount);
  }

  /**
   * Shares a container's root filesystem, or gives the `storages` by which the agent mounts it.
   *
   * @throws {RequestError} for a request that the core refuses; nothing was touched.
   * @throws {StepError} for a call that failed; nothing is left.
   */
  shareRootFilesystem(container: Container): Promise<SharedFile | null> {
    return shareRootFilesystem(this.#performer, container);
  }

  /**
   * Removes what `shareRootFilesystem` shared. A share that is gone already is fine.
   *
   * @throws {PlanError} with every step that failed.
   */
  unshareRootFilesystem(container: Container): Promise<void> {
    return unshareRootFilesystem(this.#performer, container);
  }

  /**
   * Shares a container's root filesystem and all its mounts, all or nothing. Gives what the guest has to know: the
   * storages that its agent mounts, the container's mounts and root path for its specification, and what became of each
   * mount. `containerOf` makes a container of an OCI bundle.
   *
   * Containers that share the same source with the same attributes get one mount. Where files are copied instead, an emptyDir
   * on a disk is copied once for all containers of this object, and volumes that kubelet updates follow the host's changes.
   *
   * @throws {RequestError} for a container that the core refuses; nothing was touched.
   * @throws {StepError} for a step that failed; nothing is left.
   * @throws {CopyError} for a copy that failed. What arrived before stays in the guest.
   *
   * @example
   * ```ts
   * import { containerOf } from "guestshare";
   * import { FilesystemShare } from "guestshare/host";
   *
   * const mount = { destination: "/etc/hostname", type: "bind", source: "/etc/hostname", options: ["rbind", "ro"] };
   * const config = { root: { path: "/etc" }, mounts: [mount] };
   * const share = new FilesystemShare({ id: "s1" });
   * await share.prepare();
   * const container = containerOf(config, { id: "c1", bundle: "/run/bundles/c1" });
   * const { outcomes, rootPath } = await share.shareContainer(container);
   * console.log(outcomes[0]?.kind, rootPath); // shared /run/kata-containers/shared/containers/c1/rootfs
   * await share.unshareContainer(container);
   * await share.cleanup();
   * ```
   */
  shareContainer(container: Container, options: ShareContainerOptions = {}): Promise<ContainerPlan> {
    return shareContainer(this.#performer, container, options);
  }

  /**
   * Removes what `shareContainer` shared. Shares that are gone already are fine; a mount that other containers use stays for
   * them.
   *
   * The container's `{ id }` is enough: the hub knows which shares the container uses. Its root filesystem needs more in three
   * cases: `rootFs.type` of a nydus image, `rootFs.target` where the sandbox has `serviceOffload`, and of a disk a
   * `rootfsSuffix` of its own, with `fstype` and `blockDrive`.
   *
   * @throws {PlanError} with every step that failed; the others are done, and calling again finishes the work.
   */
  unshareContainer(container: Container): Promise<void> {
    return unshareContainer(this.#performer, container);
  }

  /**
   * For `await using`: stops watching copied volumes. Mounts and copies stay, for another object or process may go on with
   * them; `cleanup` removes the mounts.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#performer.copies?.stopWatching();
  }
}
