/**
 * The kernel's mount table as data: reads it, predicts what plans make of it, recognises the sandboxes in it, and tells what
 * differs from a plan. Pure, as `guestshare` is: it touches nothing.
 *
 * This module is browser compatible.
 * @module
 */

export type { MountAttribute } from "./attributes.ts";
export { type AuditOptions, auditFound, auditTable } from "./audit/audit.ts";
export type { SandboxFiles } from "./audit/audited-sandbox.ts";
export {
  type Finding,
  type FindingCode,
  findingCodes,
  findingReasons,
  type Mend,
  type MendStep,
  reasonOf,
} from "./audit/finding.ts";
export { type Difference, differ, type MountAspect } from "./differ.ts";
export { findmntColumns, readFindmnt } from "./findmnt.ts";
export type { Untold } from "./mend/from-plans.ts";
export type { ShareStep } from "./mend/share-steps.ts";
export { type ToMend, type ToMendOptions, toMend } from "./mend/to-mend.ts";
export type { MountEntry, MountTable } from "./mount-entry.ts";
export { readMountinfo } from "./mountinfo.ts";
export {
  type PlannedSteps,
  type PredictedFailure,
  type Prediction,
  type PredictOptions,
  predict,
} from "./predict/predict.ts";
export type { PredictedReason } from "./predict/step-failure.ts";
export type { FoundSandbox, FoundShare, MountBelow, ShareSource } from "./recognise/found-sandbox.ts";
export { type Layout, type LayoutPlaces, layoutPlaces } from "./recognise/layouts.ts";
export { type RecogniseOptions, recognise } from "./recognise/recognise.ts";
export type { NamedShare, ShareKind } from "./recognise/share-name.ts";
export type { MountsRead, RefusedMount, RefusedReason } from "./refused.ts";
export { readStatmounts, statmountMask } from "./statmount.ts";
export { tableLines } from "./table-lines.ts";
