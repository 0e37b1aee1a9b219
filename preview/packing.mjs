// What the page's build makes smaller than the package has it.

// Behind what a text would have to escape. Compressed, 48 is the smallest.
const FIRST = 48;

/**
 * The module of the core's bytes, in a text whose characters are the bytes: base64, in which a compressor finds no byte again, takes a
 * fifth more when it is compressed.
 */
export function packedCore(bytes) {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte + FIRST)).join("");
  return `const packed = ${JSON.stringify(text)};
export const bytes = btoa(packed.replace(/./gsu, (one) => String.fromCharCode(one.charCodeAt(0) - ${FIRST})));
`;
}
