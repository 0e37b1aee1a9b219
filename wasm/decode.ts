const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

interface NodeBuffer {
  from(bytes: ArrayBufferLike, start: number, length: number): { asciiSlice(): string };
  from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer>;
}

// For ASCII, Node's TextDecoder is eight times slower than its Buffer. In Deno the Buffer is slower, and browsers have none. So
// this file, and no other, asks which runtime it is in. Deno takes ten milliseconds to load its process: it is not looked at there.
const runtime = globalThis as unknown as {
  Buffer?: NodeBuffer;
  process?: { versions?: { node?: string } };
  navigator?: { userAgent?: string };
};
/** Whether this is Node. */
export const isNode: boolean =
  !runtime.navigator?.userAgent?.startsWith("Deno") && runtime.process?.versions?.node !== undefined;
const Buffer = isNode ? runtime.Buffer : undefined;

/** The text of ASCII bytes. */
export function decodeAscii(bytes: Uint8Array): string {
  if (!Buffer) return decoder.decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).asciiSlice();
}

// Some engines lack this function (TC39: Uint8Array to and from base64).
const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };

/** The bytes of base64. The loop over characters, for engines with nothing better, takes longer than compiling the module. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  if (fromBase64) return fromBase64.call(Uint8Array, text);
  if (Buffer) return Buffer.from(text, "base64");
  const binary = atob(text);
  const decoded = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) decoded[i] = binary.charCodeAt(i);
  return decoded;
}
