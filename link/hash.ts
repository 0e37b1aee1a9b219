import { emptyState, type PageState, stateFrom } from "./state.ts";

// The first part of a hash says how the rest is to be read. A change of PageState that an older page would misread gets a new number.
const VERSION = "1";

/** Programs that send messages cut addresses that are longer. */
export const LONGEST_HASH: number = 32_000;

// A state may be as large as this after it is uncompressed: a few bytes of a hostile link could become gigabytes.
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** Why a hash is no state. */
export type HashProblem = "not-a-link" | "newer-version" | "damaged";

/** A hash that was read. */
export type HashRead = { readonly state: PageState } | { readonly problem: HashProblem };

/**
 * The hash of the page's address for a state: a version, a dot, and what differs from an empty page as JSON, compressed, in base64url.
 *
 * This module is browser compatible.
 */
export async function hashOf(state: PageState): Promise<string> {
  const differing = Object.entries(state).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(emptyState[name as keyof PageState]),
  );
  const json = JSON.stringify(Object.fromEntries(differing));
  const compressed = new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(compressed).arrayBuffer());
  return `${VERSION}.${base64urlOf(bytes)}`;
}

/** The state that a hash has, or why it has none. The hash may begin with "#". */
export async function stateOf(hash: string): Promise<HashRead> {
  const [, version, data] = /^#?(\d{1,4})\.([\w-]*)$/.exec(hash) ?? [];
  if (version === undefined || data === undefined) return { problem: "not-a-link" };
  if (version !== VERSION) return { problem: "newer-version" };
  try {
    const state = stateFrom(JSON.parse(await uncompressed(bytesOf(data))));
    return state ? { state } : { problem: "damaged" };
  } catch {
    // Neither base64, nor what was compressed, nor JSON: whoever copied the link lost a part of it.
    return { problem: "damaged" };
  }
}

async function uncompressed(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const text = stream.pipeThrough(new TextDecoderStream("utf-8", { fatal: true }));
  let whole = "";
  for (const reader = text.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return whole;
    whole += value;
    if (whole.length > MOST_CHARACTERS) throw new RangeError("the state of the link is too large");
  }
}

// As many bytes as a call takes as its arguments.
const CHUNK = 0x8000;

function base64urlOf(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK)
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
