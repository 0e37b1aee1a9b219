import { basename } from "node:path";
import {
  type AgentStorage,
  type Container,
  type ContainerPlan,
  type HeldShare,
  loadSync,
  type Mount,
  type PlanOf,
  type Sandbox,
  type SharedFile,
} from "../mod.ts";
import { checkOptionNames } from "../words/option-names.ts";
import { withFacts } from "./facts.ts";
import { isSharedName } from "./linux/names.ts";
import { paced, then } from "./linux/paced.ts";
import { sharesIn } from "./linux/shares.ts";
import { lookWith } from "./looks.ts";
import { containerWithOmissions, sharedWithOmissions } from "./omitted.ts";
import {
  type CleanupOptions,
  cleanupNames,
  type ShareContainerOptions,
  type ShareFileOptions,
  shareContainerNames,
  shareFileNames,
} from "./operation-options.ts";
import type { FilesystemShareOptions } from "./options.ts";
import { Performer } from "./performer.ts";
import { planSeen } from "./planned.ts";
import { randomHex } from "./random.ts";
import { heldShares, shareContainerSeen, shareFileSeen } from "./share-seen.ts";
import { handleOf, type SharedFileHandle, type Unsharing } from "./shared-handle.ts";
import { sourcePath } from "./source-path.ts";

/**
 * Shares files of this host with the guest of one sandbox. What is mounted is known to the kernel alone: any process may
 * go on where another one stopped. Every operation can be called again, at the same time as others, and beside other
 * processes.
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
export class FilesystemShare {
  readonly #sandbox: Sandbox;
  readonly #performer: Performer;
  /** Whether cleanup has to name the images that nydusd has. */
  readonly #hasNydusd: boolean;
  /** How handles take back what they are of. */
  readonly #handles: Unsharing = {
    unshare: (container, mount, guestPath) => this.#unshareFile(container, mount, guestPath),
  };

  /** @throws {TypeError} for options that are none. Nothing is done yet. */
  constructor(sandbox: Sandbox, options: FilesystemShareOptions = {}) {
    this.#performer = new Performer(sandbox, options);
    this.#sandbox = sandbox;
    this.#hasNydusd = options.nydusd !== undefined;
  }

  /**
   * The directory on the host that a virtiofsd or 9p exports to the guest; it is there once the sandbox is prepared. Undefined
   * where nothing is shared.
   *
   * @throws {RequestError} for a sandbox that the core refuses.
   */
  get viewPath(): string | undefined {
    return this.#planned().steps.flatMap((step) => (step.op === "view" ? [step.target] : []))[0];
  }

  /**
   * The tag by which the guest mounts it: the hypervisor's device has to have the same one. Undefined where nothing is shared.
   *
   * @throws {RequestError} for a sandbox that the core refuses.
   */
  get tag(): string | undefined {
    return this.#planned().storages.find(({ driver }) => driver === "virtio-fs" || driver === "9p")?.source;
  }

  // What prepare does and gives, as far as it is planned.
  #planned(): PlanOf<"prepare"> {
    const core = this.#performer.opened?.core ?? loadSync();
    return core.plan({ op: "prepare", sandbox: this.#sandbox });
  }

  /**
   * Makes the sandbox's directory ready: guard, hub, view, and the sandbox's bind mounts. Gives the storages that the
   * guest mounts for the whole sandbox.
   *
   * @throws {RequestError} for a sandbox that the core refuses; nothing was touched.
   * @throws {StepError} for a step that failed; what was done before is undone.
   */
  async prepare(): Promise<readonly AgentStorage[]> {
    const { core, host } = this.#performer.opened ?? (await this.#performer.open());
    const plan = core.plan({ op: "prepare", sandbox: this.#sandbox });
    if (this.#sandbox.sandboxBindMounts?.length) await this.#performer.waitForSources(host, plan);
    await this.#performer.perform(host, plan);
    return plan.storages;
  }

  /**
   * Takes back all that was ever mounted for the sandbox, by this process or another. With `revoke`, shares are unmounted
   * one by one before, for consumers that hold copies of them. `force` clears a sandbox that lives, or may live, in another
   * mount namespace, too.
   *
   * @throws {PlanError} with every step that failed; the others are done, and calling again finishes the work.
   */
  async cleanup(options: CleanupOptions = {}): Promise<void> {
    checkOptionNames(options, cleanupNames);
    const { revoke = false, force = false } = options;
    const { core, host } = this.#performer.opened ?? (await this.#performer.open());
    const request = { op: "cleanup", sandbox: this.#sandbox } as const;
    const plan = core.plan(request);
    await this.#performer.copies?.end();
    const looks = revoke || this.#hasNydusd;
    const planHeld = () =>
      then(paced(sharesIn(host.table, plan.directory)), (shares) =>
        core.plan({ ...request, ...this.#found(shares, revoke) }),
      );
    await this.#performer.perform(host, plan, looks ? { planHeld, force } : { force });
  }

  // What cleanup has to name: shares that consumers may hold, and containers whose image nydusd has.
  #found(shares: string[], revoke: boolean): { revoke?: string[]; rafs?: string[] } {
    const images = shares.filter((share) => share.endsWith("/snapshotdir"));
    return {
      ...(revoke ? { revoke: shares } : {}),
      ...(this.#hasNydusd ? { rafs: images.map((share) => share.slice(0, share.indexOf("/"))) } : {}),
    };
  }

  /**
   * Shares a file or directory under a name of its own. The guest finds it at `guestPath`. What is given takes it back, by
   * `unshare()` or `await using`; with its `hostPath`, so does `unshareFile` in any process. `random` is 16 hex digits that
   * keep names apart; with the same ones the same share is made again. With `together`, containers that share the same source
   * with the same attributes get one mount, as `shareContainer` has them.
   *
   * Null where nothing is shared with the guest, and the source is none that could be copied. A copied volume that kubelet
   * turns over (a configmap, say) follows what changes on the host, until its container is unshared. `signal` ends a copy.
   *
   * @throws {RequestError} for a request that the core refuses; nothing was touched.
   * @throws {StepError} for a source that cannot be shared, or a call that failed; nothing is left.
   * @throws {CopyError} where nothing is shared, for a copy that failed.
   */
  async shareFile(
    container: Container,
    mount: Mount,
    options: ShareFileOptions = {},
  ): Promise<SharedFileHandle | null> {
    checkOptionNames(options, shareFileNames);
    const opened = this.#performer.opened ?? (await this.#performer.open());
    const { core, host } = opened;
    const { together = false, signal } = options;
    const random = options.random ?? randomHex();
    const request = { op: "shareFile", sandbox: this.#sandbox, container, mount, random } as const;
    const plain = core.plan(request);
    const isAlone = !together && plain.steps[0]?.op !== "copy";
    const plan = await (isAlone
      ? this.#performer.perform(host, plain, { signal })
      : shareFileSeen(this.#performer, opened, request, plain, options));
    const shared = sharedWithOmissions(plan, mount.destination);
    return shared && handleOf(shared, this.#handles, container, mount);
  }

  /**
   * Takes back a `shareFile` of this container; the mount has the `hostPath` that it returned. Already gone is fine. A share
   * of several containers stays for the others. Where nothing is shared there is no `hostPath`: the copy of the mount's
   * source is followed no more, and stays in the guest.
   *
   * @throws {RequestError} without a `hostPath` where files are shared, for one that is not directly in the sandbox's mounts,
   *   and for another container's.
   * @throws {PlanError} with every step that failed.
   */
  unshareFile(container: Container, mount: Mount): Promise<void> {
    return this.#unshareFile(container, mount);
  }

  // Of a copy, that at a place in the guest, or those of the mount's source.
  async #unshareFile(container: Container, mount: Mount, guestPath?: string): Promise<void> {
    const { core, host } = this.#performer.opened ?? (await this.#performer.open());
    const request = { op: "unshareFile", sandbox: this.#sandbox, container, mount } as const;
    const plan = core.plan(request);
    const { copies } = this.#performer;
    if (guestPath !== undefined) await copies?.stopWatchingAt(guestPath);
    else await copies?.stopWatching(container.id, sourcePath(mount, container.bundle) ?? mount.source);
    const isTogether = mount.hostPath !== undefined && isSharedName(basename(mount.hostPath));
    const planHeld = () => then(heldShares(host, plan.directory), (held) => core.plan({ ...request, held }));
    await this.#performer.perform(host, plan, isTogether ? { planHeld } : {});
  }

  /**
   * Shares a container's root filesystem, or says how the guest gets it: `storages` are for the agent.
   *
   * @throws {RequestError} for a request that the core refuses; nothing was touched.
   * @throws {StepError} for a call that failed; nothing is left.
   */
  async shareRootFilesystem(container: Container): Promise<SharedFile | null> {
    const { core, host } = this.#performer.opened ?? (await this.#performer.open());
    const request = { op: "shareRootFilesystem", sandbox: this.#sandbox, container } as const;
    const looked = lookWith(
      () => core.plan(request),
      () => withFacts(host, { ...container, mounts: [] }, this.#performer.limits()),
    );
    const facts = looked instanceof Promise ? await looked : looked;
    const seen = { ...request, container: { ...facts, mounts: container.mounts ?? [] } };
    const plan = planSeen(
      host,
      () => core.plan(seen),
      () => core.plan(request),
    );
    await this.#performer.perform(host, plan);
    return sharedWithOmissions(plan, "/");
  }

  /**
   * Takes back a `shareRootFilesystem`. Already gone is fine.
   *
   * @throws {PlanError} with every step that failed.
   */
  async unshareRootFilesystem(container: Container): Promise<void> {
    const { core, host } = this.#performer.opened ?? (await this.#performer.open());
    await this.#performer.perform(
      host,
      core.plan({ op: "unshareRootFilesystem", sandbox: this.#sandbox, container }),
    );
  }

  /**
   * Shares a container's root filesystem and all its mounts, all or nothing. Gives what the guest has to know: the
   * storages that its agent mounts, the container's mounts and root path for its specification, and what became of each
   * mount. `containerOf` makes a container of an OCI bundle.
   *
   * Containers that share the same source with the same attributes get one mount. `random` is 16 hex digits for each mount.
   * Where files are copied instead, an emptyDir on a disk is copied once for all containers that come to this object, volumes
   * that kubelet turns over follow what changes on the host, and `signal` ends the copy.
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
   * const config = {
   *   root: { path: "/etc" },
   *   mounts: [{ destination: "/etc/hostname", type: "bind", source: "/etc/hostname", options: ["rbind", "ro"] }],
   * };
   * const share = new FilesystemShare({ id: "s1" });
   * await share.prepare();
   * const container = containerOf(config, { id: "c1", bundle: "/run/bundles/c1" });
   * const { outcomes, rootPath } = await share.shareContainer(container);
   * console.log(outcomes[0]?.kind, rootPath); // shared /run/kata-containers/shared/containers/c1/rootfs
   * await share.unshareContainer(container);
   * await share.cleanup();
   * ```
   */
  async shareContainer(container: Container, options: ShareContainerOptions = {}): Promise<ContainerPlan> {
    checkOptionNames(options, shareContainerNames);
    const opened = this.#performer.opened ?? (await this.#performer.open());
    const mounts = Array.isArray(container?.mounts) ? container.mounts : [];
    const random = options.random ?? mounts.map(() => randomHex());
    const request = { op: "shareContainer", sandbox: this.#sandbox, container, random } as const;
    return containerWithOmissions(await shareContainerSeen(this.#performer, opened, request, options));
  }

  /**
   * Takes back a `shareContainer`. Already gone is fine; a mount that other containers use stays for them.
   *
   * The container's `{ id }` is enough: the hub says what it uses. Of its root filesystem more has to be known in three cases:
   * `rootFs.type` of a nydus image, `rootFs.target` where the sandbox has `serviceOffload`, and a `rootfsSuffix` of its own,
   * with `fstype` and `blockDrive`, of a disk.
   *
   * @throws {PlanError} with every step that failed; the others are done, and calling again finishes the work.
   */
  async unshareContainer(container: Container): Promise<void> {
    const { core, host } = this.#performer.opened ?? (await this.#performer.open());
    const request = { op: "unshareContainer", sandbox: this.#sandbox, container } as const;
    const plan = core.plan(request);
    await this.#performer.copies?.stopWatching(container.id);
    const planWith = (held: HeldShare[]) => (held.length === 0 ? plan : core.plan({ ...request, held }));
    const planHeld = () => then(heldShares(host, plan.directory), planWith);
    await this.#performer.perform(host, plan, { planHeld, isWholeWithoutHub: true });
  }

  /**
   * For `await using`: gives back what this object holds, and that is no mount. Copied volumes are followed no more. What is
   * mounted or copied stays, for another object or process may go on with it; `cleanup` takes the mounts back.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#performer.copies?.stopWatching();
  }
}
