/**
 * The core as an ES module, where the runtime loads Wasm so (Node 24, Deno 2), or a bundler. `docs/abi.md` says how it is used;
 * `guestshare` itself brings the same bytes with it.
 * @module
 */

/** The linear memory. It may grow in any call, so look at it anew after each one. */
export const memory: WebAssembly.Memory;
/** The version of these functions. */
export function abi_version(): number;
/** Where `length` bytes of a request can be written; 0 if there is no room for them. */
export function input(length: number): number;
/** Reads a request, and gives the length of its answer: as it is for a plan, as a negative number for a refusal. */
export function plan(start: number, length: number): number;
/** Where that answer begins. */
export function output(): number;
/** 1 if that answer surely is ASCII, else 0. */
export function ascii(): number;
