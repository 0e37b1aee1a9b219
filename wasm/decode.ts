const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

interface NodeBuffer {
  from(bytes: ArrayBufferLike, start: number, length: number): { asciiSlice(): string };
  from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer>;
}

// Node's TextDecoder takes eight times as long as its Buffer does for ASCII. With Deno it is the reverse, and a browser has
// no Buffer: this is the one place where a runtime is asked what it is, and what it has.
const { Buffer, process } = globalThis as unknown as {
  Buffer?: NodeBuffer;
  process?: { versions?: { node?: string; deno?: string } };
};
export const isNode: boolean = process?.versions?.node !== undefined && process.versions.deno === undefined;

/** The text that ASCII bytes say. */
export function decodeAscii(bytes: Uint8Array): string {
  if (!isNode || !Buffer) return decoder.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).asciiSlice();
}

// Not every engine has it yet (TC39: Uint8Array to and from base64).
const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

/** The bytes that base64 says. A loop over the letters, which every engine can, takes longer than compiling the module. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  if (isNode && Buffer) return Buffer.from(text, "base64");
  const binary = atob(text);
  const decoded = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) decoded[i] = binary.charCodeAt(i);
  return decoded;
}
