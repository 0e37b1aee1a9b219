import { Buffer } from "node:buffer";

// What has so many bytes is written as it is: to copy it would cost more than a piece more does.
const LARGE = 16 * 1024;

/** Parts as they are written: large ones untouched, what lies between them in one piece. */
export function piecesOf(parts: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  for (const part of parts) {
    if (part.length < LARGE) {
      small.push(part);
      continue;
    }
    if (small.length > 0) pieces.push(Buffer.concat(small));
    pieces.push(part);
    small = [];
  }
  if (small.length > 0) pieces.push(Buffer.concat(small));
  return pieces;
}
