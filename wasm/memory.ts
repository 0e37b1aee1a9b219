import { writePlainJson } from "./plain-json.ts";

/** What the core gives its host; docs/abi.md describes it. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  abi_version(): number;
  input(length: number): number;
  plan(start: number, length: number): number;
  output(): number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Memory may have grown in each call of the core, so a view of it lasts until the next one.

/** A request in the core's memory. */
export interface Input {
  readonly start: number;
  readonly length: number;
}

/** Room that nearly every request fits into. */
const PLAIN_BYTES = 4096;

/** Writes a request into the core's memory; undefined where it is not plain enough for the short way. */
export function writePlainInput(core: Exports, request: unknown): Input | undefined {
  const start = core.input(PLAIN_BYTES) >>> 0;
  const length = writePlainJson(request, new Uint8Array(core.memory.buffer, start, PLAIN_BYTES));
  return length < 0 ? undefined : { start, length };
}

/** Writes a request's JSON into the core's memory; undefined where the core has no room for it. */
export function writeInput(core: Exports, json: string | Uint8Array): Input | undefined {
  // A UTF-16 unit takes at most three bytes of UTF-8.
  const room = typeof json === "string" ? json.length * 3 : json.length;
  const start = core.input(room) >>> 0;
  if (start === 0) return undefined;
  const view = new Uint8Array(core.memory.buffer, start, room);
  if (typeof json === "string") return { start, length: encoder.encodeInto(json, view).written };
  view.set(json);
  return { start, length: room };
}

/** The JSON of `length` bytes that the core wrote. */
export function readOutput(core: Exports, length: number): string {
  return decoder.decode(new Uint8Array(core.memory.buffer, core.output() >>> 0, length));
}
