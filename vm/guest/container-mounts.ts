import type { AgentStorage, ContainerPlan } from "../../mod.ts";
import { cleanTarget } from "./clean-target.ts";
import { devicesIn } from "./devices.ts";
import type { GuestMount } from "./guest-mount.ts";
import { mountsIn } from "./oci-mounts.ts";
import { storageMounts } from "./storage-mounts.ts";

/** A container for a guest without an agent. */
export interface GuestContainer {
  /** The container's id. */
  readonly id: string;
  /** The storages of the plan of `prepare`. */
  readonly sandboxStorages: readonly AgentStorage[];
  /** The plan of `shareContainer`. */
  readonly plan: Pick<ContainerPlan, "storages" | "mounts" | "rootPath" | "readonlyRootfs">;
  /** The directory of the guest in which a container's root is, as "<id>/rootfs". Default "/run/kata-containers". */
  readonly directory?: string;
}

/** The root of a container in a guest: what a program is started in, as by chroot(8). */
export function containerRoot({
  id,
  directory = "/run/kata-containers",
}: Pick<GuestContainer, "id" | "directory">): string {
  return cleanTarget(`${directory}/${id}/rootfs`);
}

/**
 * The mounts that make a container in a guest, in the order of Kata's agent: the sandbox's storages, the container's, its root, and on
 * the root its own mounts, with the devices that each container has. `containerRoot` is where it is then. Those of several containers
 * make one script; what they have in common is mounted once. Throws `GuestMountError` for what only an agent can mount.
 *
 * @example
 * ```ts
 * import { load } from "guestshare";
 * import { containerMounts, containerRoot, guestScript } from "guestshare/vm";
 *
 * const core = await load();
 * const sandbox = { id: "s1" };
 * const { storages: sandboxStorages } = core.plan({ op: "prepare", sandbox });
 * const container = { id: "web", rootFs: { target: "/srv/web" }, mounts: [{ destination: "/proc", type: "proc", source: "proc" }] };
 * const plan = core.plan({ op: "shareContainer", sandbox, container, random: ["0011223344556677"] });
 * const script = guestScript(containerMounts({ id: "web", sandboxStorages, plan }));
 * console.log(script.includes("fs proc proc /proc"), containerRoot({ id: "web" })); // true /run/kata-containers/web/rootfs
 * ```
 */
export function containerMounts(container: GuestContainer): GuestMount[] {
  const { sandboxStorages, plan } = container;
  const root = containerRoot(container);
  const source = cleanTarget(plan.rootPath);
  const storages = [...sandboxStorages, ...plan.storages].flatMap(storageMounts);
  const places = new Set(storages.map(({ target }) => target));
  return [
    ...storages,
    ...(source === root
      ? []
      : [{ kind: "bind", filesystem: "bind", source, target: root, options: [] } as const]),
    ...devicesIn(root, mountsIn(root, plan.mounts, places)),
    ...(plan.readonlyRootfs ? [{ kind: "readonly", target: root } as const] : []),
  ];
}
