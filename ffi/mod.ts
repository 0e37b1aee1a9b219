/**
 * Shares files of a Linux host with the guest of a virtual machine, by real mounts: what `guestshare` plans is performed
 * here. For Node from 20 on, Deno 2 and Bun.
 * @module
 */
export * from "../mod.ts";
export type { Agent, AgentCallOptions, CopyFileRequest } from "./agent/agent.ts";
export type { AgentOrder } from "./agent-order.ts";
export { ConfigurationFileError, configurationTexts } from "./configuration-texts.ts";
export { CopyError, type CopyItem, type CopyTrouble } from "./copy/copy-error.ts";
export type { CopyResult, Unfinished } from "./copy/ledger.ts";
export type { CopyOptions, CopyProgress, CopyTotal } from "./copy/options.ts";
export { type CopyNote, copyReasons, type SkipReason, type WarningReason } from "./copy/skip-reasons.ts";
export { EmbeddedGuest } from "./guest/embedded-guest.ts";
export type { Generation } from "./guest/generation.ts";
export { EmbeddedGuestError } from "./guest/guest-error.ts";
export type { EmbeddedGuestOptions, GuestRefusal, OnRequest } from "./guest/options.ts";
export type { Argument, CallName } from "./linux/calls.ts";
export type { Libc, LibcName } from "./linux/libc.ts";
export { NamespaceError } from "./linux/namespace-error.ts";
export { openLibc } from "./linux/open-libc.ts";
export { SyscallError } from "./linux/syscall-error.ts";
export type { LiveAuditOptions } from "./live/audit-inputs.ts";
export { audit, enterMounts, followSandboxes, listenerOf, listSandboxes, survey } from "./live/door.ts";
export type { OtherProcessOptions } from "./live/enter-mounts.ts";
export type { FollowOptions, MountChange } from "./live/follow.ts";
export type { ListedSandbox, ListOptions } from "./live/list-sandboxes.ts";
export type { Maker } from "./live/maker.ts";
export type { Survey, SurveyedSandbox, SurveyOptions } from "./live/survey.ts";
export type { LifeReason, LifeState, Verdict } from "./live/verdict.ts";
export type { Logger } from "./logger.ts";
export { NydusdArgumentError, type NydusdStart, nydusdArguments } from "./nydusd/arguments.ts";
export { NydusdError, type NydusdRequest } from "./nydusd/error.ts";
export { isRafsMountpoint } from "./nydusd/mountpoint.ts";
export type { NydusdOptions } from "./nydusd/options.ts";
export { Nydusd, type NydusdFilesystem, type NydusdMount } from "./nydusd.ts";
export type { CheckShares } from "./operations/create-once.ts";
export { gc } from "./operations/gc.ts";
export type { GcOptions, GcResult, LivingIds } from "./operations/gc-options.ts";
export type { MendOptions } from "./operations/mend.ts";
export type { PlanArguments } from "./operations/plan-arguments.ts";
export type { PlannedOperation } from "./operations/plan-operation.ts";
export type { SharedFileHandle } from "./operations/share-file.ts";
export { withPodBundleIn } from "./pod-bundle.ts";
export type { OnCopied } from "./sandbox-copies.ts";
export type { SandboxInspector } from "./sandbox-inspector.ts";
export { FilesystemShare } from "./share.ts";
export type {
  CleanupOptions,
  FilesystemShareOptions,
  ShareContainerOptions,
  ShareFileOptions,
} from "./share-options.ts";
export { PlanError, StepError } from "./step-error.ts";
export type { WatchEnd, WatchEvent, Watched, WatchNews } from "./watch/event.ts";
export type { VolumeUpdate } from "./watch/volume.ts";
