import { Text } from "./text";

const PAD: u8 = 0x3d;

// The 6 bits of a character of the standard alphabet; -1 for any other byte.
function decodedDigit(byte: u8): i32 {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61 + 26;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30 + 52;
  if (byte == 0x2b) return 62;
  return byte == 0x2f ? 63 : -1;
}

/** The bytes of padded standard base64 (RFC 4648, section 4); null for any other text. */
export function fromBase64(text: Text): Text | null {
  const length = text.length;
  if (length % 4 != 0) return null;
  let pads = 0;
  while (pads < 2 && pads < length && text.at(length - 1 - pads) == PAD) pads += 1;
  const bytes = Text.allocate((length / 4) * 3);
  for (let i = 0; i < length; i += 4) {
    let bits = 0;
    for (let j = i; j < i + 4; j++) {
      const value = j < length - pads ? decodedDigit(text.at(j)) : 0;
      if (value < 0) return null;
      bits = (bits << 6) | value;
    }
    const to = bytes.start + (i / 4) * 3;
    store<u8>(to, <u8>(bits >> 16));
    store<u8>(to + 1, <u8>(bits >> 8));
    store<u8>(to + 2, <u8>bits);
  }
  return bytes.slice(0, bytes.length - pads);
}

// The character of 6 bits in the alphabet for URLs.
function encodedDigit(value: u32): u8 {
  if (value < 26) return <u8>(0x41 + value);
  if (value < 52) return <u8>(0x61 + value - 26);
  if (value < 62) return <u8>(0x30 + value - 52);
  return value == 62 ? 0x2d : 0x5f;
}

/** Padded base64 for URLs and file names (RFC 4648, section 5; Go's URLEncoding). */
export function toBase64Url(bytes: Text): Text {
  const text = Text.allocate(((bytes.length + 2) / 3) * 4);
  let to = text.start;
  for (let i = 0; i < bytes.length; i += 3) {
    const count = min(3, bytes.length - i);
    let bits: u32 = 0;
    for (let j = 0; j < 3; j++) bits = (bits << 8) | (j < count ? bytes.at(i + j) : 0);
    for (let j = 0; j < 4; j++) {
      store<u8>(to, j <= count ? encodedDigit((bits >> (18 - 6 * j)) & 63) : PAD);
      to += 1;
    }
  }
  return text;
}
