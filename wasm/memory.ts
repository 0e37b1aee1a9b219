import { decodeAscii, isNode } from "./decode.ts";
import { writePlainJson } from "./plain-json.ts";
import type { Op, RequestOf } from "./types.ts";

/** What the core gives its host; docs/abi.md describes it. */
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

// Memory may have grown in each call of the core, so a view of it lasts until the next one.

/** A request in the core's memory. */
export interface Input {
  readonly start: number;
  readonly length: number;
}

/** Larger requests are refused by the core. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

/** Room for any request about a single mount, or for one of many mounts, that is not out of the ordinary. */
const PLAIN_BYTES = 4096;
const PLAIN_MOUNT_BYTES = 768;
const MOST_PLAIN_MOUNTS = 4096;

/** Writes a request into the core's memory; undefined where it is not plain, or too large for the short way to be one. */
export function writePlainInput(core: Exports, request: RequestOf<Op>): Input | undefined {
  const room = plainRoom(request);
  if (room === undefined) return undefined;
  const start = core.input(room) >>> 0;
  const length = writePlainJson(request, new Uint8Array(core.memory.buffer, start, room));
  return length < 0 ? undefined : { start, length };
}

// Other engines than Node's have a JSON.stringify that is faster for many mounts.
function plainRoom(request: RequestOf<Op>): number | undefined {
  if (request?.op !== "shareContainer") return PLAIN_BYTES;
  const count = request.container?.mounts?.length;
  const isUsual = isNode && count !== undefined && count >= 0 && count <= MOST_PLAIN_MOUNTS;
  return isUsual ? PLAIN_BYTES + count * PLAIN_MOUNT_BYTES : undefined;
}

// A UTF-16 unit takes at most three bytes of UTF-8.
const UNIT_BYTES = 3;

/** Writes a request's JSON into the core's memory; undefined where the core has no room for it. */
export function writeInput(core: Exports, json: string | Uint8Array): Input | undefined {
  if (json.length > MAX_REQUEST_BYTES) return undefined;
  if (typeof json === "string") return writeText(core, escapeHalves(json));
  const start = core.input(json.length) >>> 0;
  if (start === 0) return undefined;
  new Uint8Array(core.memory.buffer, start, json.length).set(json);
  return { start, length: json.length };
}

/** As `writeInput`, of JSON that has no half of a character, as that of JSON.stringify. */
export function writeText(core: Exports, json: string): Input | undefined {
  const room = json.length * UNIT_BYTES;
  if (room > MAX_REQUEST_BYTES) return writeInput(core, encoder.encode(json));
  const start = core.input(room) >>> 0;
  const view = new Uint8Array(core.memory.buffer, start, room);
  return { start, length: encoder.encodeInto(json, view).written };
}

// Half a character has no UTF-8, so that an encoder writes another one: its escape says what it is. One that is escaped
// itself is no JSON either way.
function escapeHalves(json: string): string {
  return json.replace(/\p{Surrogate}/gu, (half, at: number) => {
    return isEscaped(json, at) ? half : `\\u${half.charCodeAt(0).toString(16)}`;
  });
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charAt(at - 1 - backslashes) === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

/** The JSON of `length` bytes that the core wrote. */
export function readOutput(core: Exports, length: number): string {
  const start = core.output() >>> 0;
  const bytes = new Uint8Array(core.memory.buffer, start, length);
  return core.ascii() !== 0 ? decodeAscii(bytes) : decoder.decode(bytes);
}
