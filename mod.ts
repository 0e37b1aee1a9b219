/**
 * Plans how a host's files are shared with the guest of a virtual machine. Pure: it touches nothing, and runs the same
 * in Node, in Deno and in a browser. `guestshare/host` performs the plans on Linux.
 *
 * This module is browser compatible.
 * @module
 */
export { type AnnotationOptions, withAnnotations } from "./input/annotations.ts";
export { type ContainerOptions, containerOf } from "./input/container.ts";
export { ctrLine } from "./input/ctr-line.ts";
export { directVolumePath } from "./input/direct-volume.ts";
export {
  type Format,
  type FormatCode,
  FormatError,
  type FormatProblem,
  formatReasons,
} from "./input/format-error.ts";
export { withMountInfo } from "./input/mount-info-json.ts";
export { type PodBundleOptions, withPodBundle } from "./input/pod-bundle.ts";
export { type RootFsOptions, rootFsOf } from "./input/root-fs.ts";
export { type Core, load, loadSync } from "./wasm/core.ts";
export { type RefusalCode, refusalReasons } from "./wasm/refusal-reasons.ts";
export { type Refusal, RequestError } from "./wasm/request-error.ts";
export type * from "./wasm/types.ts";
