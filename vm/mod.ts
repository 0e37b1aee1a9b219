/**
 * Shares a host's files with a virtual machine, without the words of Kata Containers: for whoever starts the machine. For Node
 * from 20 on, Deno 2 and Bun, on Linux.
 * @module
 */
export { containerMounts, containerRoot, type GuestContainer } from "./guest/container-mounts.ts";
export type {
  DiskDriver,
  GuestBind,
  GuestCopy,
  GuestDirectory,
  GuestDisk,
  GuestFilesystem,
  GuestLink,
  GuestMount,
  GuestNode,
  GuestReadOnly,
  GuestView,
} from "./guest/guest-mount.ts";
export { GuestMountError, type GuestMountErrorCode } from "./guest/guest-mount-error.ts";
export { type GuestScriptOptions, guestScript, guestUndoScript } from "./guest/guest-script.ts";
export { type GuestShare, type GuestShares, sharesMounts } from "./guest/shares-mounts.ts";

export {
  type CloudHypervisorFs,
  cloudHypervisorArguments,
  cloudHypervisorFs,
} from "./launch/cloud-hypervisor.ts";
export { extraArguments } from "./launch/extra-arguments.ts";
export { type Hypervisor, launchArguments } from "./launch/launch-arguments.ts";
export { LaunchError } from "./launch/launch-error.ts";
export type { MachineDisk, MachineOptions, SharedDevice } from "./launch/launch-options.ts";
export { type QemuOptions, qemuArguments } from "./launch/qemu-arguments.ts";
export { type VirtiofsdLaunch, virtiofsdArguments } from "./launch/virtiofsd-arguments.ts";
export type { VirtiofsdKind, VirtiofsdOptions } from "./launch/virtiofsd-options.ts";
export { type Accelerator, findAccelerator } from "./machine/accelerator.ts";
export type { MachineShares } from "./machine/keep-up.ts";
export { Machine } from "./machine/machine.ts";
export { MachineError } from "./machine/machine-error.ts";
export type { MachineEnd } from "./machine/powered.ts";
export type { MachineProcess, SignalName, TerminalSize } from "./machine/process.ts";
export type { MachineContainer, MachineUser, RunOptions } from "./machine/program.ts";
export type { MachineStartOptions } from "./machine/start-options.ts";
export { enterShares } from "./namespace/enter-shares.ts";
export { inOwnNamespace, type OwnNamespaceOptions, runInOwnNamespace } from "./namespace/in-own-namespace.ts";
export { clearLeftovers, type Leftover, type LeftoverOptions } from "./namespace/leftovers.ts";
export { runThere, type WayToShares, wayToShares } from "./namespace/way-to-shares.ts";
export type { OwnerState } from "./owner/owner.ts";
export type { ContainerOptions, SharedContainer } from "./shares/container.ts";
export { openShares } from "./shares/open-shares.ts";
export type { OpenSharesOptions, ShareOwner, ShareRequest } from "./shares/options.ts";
export type { ContainerProcess, ContainerUser } from "./shares/process-of-config.ts";
export type { ListedShare, Share } from "./shares/share.ts";
export { Shares } from "./shares/shares.ts";
export { SharesError, type SharesErrorCode, type SharesProblem } from "./shares/shares-error.ts";
export type { VirtiofsdExit } from "./virtiofsd/exit.ts";
export { findVirtiofsd } from "./virtiofsd/find-program.ts";
export type { ServeOptions } from "./virtiofsd/serve-options.ts";
export { type Served, Virtiofsd } from "./virtiofsd/virtiofsd.ts";
export { VirtiofsdError } from "./virtiofsd/virtiofsd-error.ts";
