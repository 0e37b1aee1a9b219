/**
 * Plans how a host's files are shared with the guest of a virtual machine. Pure: it touches nothing, and runs the same
 * in Node, in Deno and in a browser. `guestshare/host` performs the plans on Linux.
 *
 * This module is browser compatible.
 * @module
 */
export { type Core, load } from "./wasm/core.ts";
export { type Refusal, type RefusalCode, RequestError } from "./wasm/request-error.ts";
export type * from "./wasm/types.ts";
