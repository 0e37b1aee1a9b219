import { decodeAscii, isNode } from "./decode.ts";
import { writeFastJson } from "./fast-json.ts";
import type { Op, RequestOf } from "./types.ts";

/** The exports of the core. docs/abi.md describes them. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  abi_version(): number;
  input(length: number): number;
  plan(start: number, length: number): number;
  output(): number;
  ascii(): number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

// Each call of the core may grow its memory, which detaches all views. So a view is used only until the next call.

/** A request in the core's memory. */
export interface Input {
  readonly start: number;
  readonly length: number;
}

/** The core refuses larger requests. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

/** The fast path's buffer, and how much longer it is for each mount of a container. */
const FAST_BYTES = 4096;
const FAST_MOUNT_BYTES = 768;
const MAX_FAST_MOUNTS = 4096;

/** Writes a request into the core's memory; undefined if it needs escapes, or exceeds the fast path's buffer. */
export function writeFastInput(core: Exports, request: RequestOf<Op>): Input | undefined {
  const capacity = fastCapacity(request);
  if (capacity === undefined) return undefined;
  const start = core.input(capacity) >>> 0;
  const length = writeFastJson(request, new Uint8Array(core.memory.buffer, start, capacity));
  return length < 0 ? undefined : { start, length };
}

// For many mounts, the JSON.stringify of other engines than Node's is faster.
function fastCapacity(request: RequestOf<Op>): number | undefined {
  if (request?.op !== "shareContainer") return FAST_BYTES;
  const count = request.container?.mounts?.length;
  const isFast = isNode && count !== undefined && count >= 0 && count <= MAX_FAST_MOUNTS;
  return isFast ? FAST_BYTES + count * FAST_MOUNT_BYTES : undefined;
}

// A UTF-16 code unit becomes at most three bytes of UTF-8.
const UNIT_BYTES = 3;

/** Writes a request's JSON into the core's memory; undefined if it is too large. */
export function writeInput(core: Exports, json: string | Uint8Array): Input | undefined {
  if (json.length > MAX_REQUEST_BYTES) return undefined;
  if (typeof json === "string") return writeText(core, escapeLoneSurrogates(json));
  const start = core.input(json.length) >>> 0;
  if (start === 0) return undefined;
  new Uint8Array(core.memory.buffer, start, json.length).set(json);
  return { start, length: json.length };
}

/** As `writeInput`, for JSON without lone surrogates, such as that of JSON.stringify. */
export function writeText(core: Exports, json: string): Input | undefined {
  const capacity = json.length * UNIT_BYTES;
  if (capacity > MAX_REQUEST_BYTES) return writeInput(core, encoder.encode(json));
  const start = core.input(capacity) >>> 0;
  const view = new Uint8Array(core.memory.buffer, start, capacity);
  return { start, length: encoder.encodeInto(json, view).written };
}

// A lone surrogate has no UTF-8, and an encoder would replace it. Its escape keeps it. After a backslash it is left, because
// that is invalid JSON in any case.
function escapeLoneSurrogates(json: string): string {
  return json.replace(/\p{Surrogate}/gu, (surrogate, at: number) => {
    return isEscaped(json, at) ? surrogate : `\\u${surrogate.charCodeAt(0).toString(16)}`;
  });
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charAt(at - 1 - backslashes) === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

/** The JSON that the core wrote. */
export function readOutput(core: Exports, length: number): string {
  const start = core.output() >>> 0;
  const bytes = new Uint8Array(core.memory.buffer, start, length);
  return core.ascii() !== 0 ? decodeAscii(bytes) : decoder.decode(bytes);
}
