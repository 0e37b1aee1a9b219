import { TtrpcFrameError } from "./frame-error.ts";

/** How long a frame's header is. */
export const HEADER_BYTES = 10;
/** The longest payload that either side takes. */
export const LONGEST_PAYLOAD: number = 4 * 1024 * 1024;

/** What a frame is, and the number that says so. */
export const frameTypes = { request: 1, response: 2, data: 3 } as const;
export type FrameType = keyof typeof frameTypes;

/** What is in front of a payload. */
export interface FrameHeader {
  /** Which call it belongs to; a client's are odd. */
  readonly streamId: number;
  readonly type: FrameType;
  /** A bit each; 0 for a call with one request and one response. */
  readonly flags: number;
}

/** One message on a ttrpc connection. */
export interface Frame extends FrameHeader {
  readonly payload: Uint8Array;
}

/**
 * The header in front of so many bytes of payload: length, stream, type, flags, big-endian. So a payload can be written in
 * parts behind it, and need not be copied.
 *
 * @throws {TtrpcFrameError} for a payload that is too long.
 */
export function encodeHeader({ streamId, type, flags }: FrameHeader, length: number): Uint8Array {
  if (length > LONGEST_PAYLOAD) throw new TtrpcFrameError("write", "too-long", { streamId, length });
  const header = new Uint8Array(HEADER_BYTES);
  setUint32(header, 0, length);
  setUint32(header, 4, streamId);
  header[8] = frameTypes[type];
  header[9] = flags;
  return header;
}

// A DataView would be garbage of each frame.
function setUint32(bytes: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 4; i += 1) bytes[at + i] = value >>> (24 - 8 * i);
}

/**
 * A frame as it is sent.
 *
 * @throws {TtrpcFrameError} for a payload that is too long.
 *
 * @example
 * ```ts
 * import { encodeFrame } from "guestshare/agent";
 *
 * const payload = new Uint8Array([8, 1]);
 * console.log(encodeFrame({ streamId: 1, type: "request", flags: 0, payload }).join(" ")); // 0 0 0 2 0 0 0 1 1 0 8 1
 * ```
 */
export function encodeFrame(frame: Frame): Uint8Array {
  const header = encodeHeader(frame, frame.payload.length);
  const bytes = new Uint8Array(HEADER_BYTES + frame.payload.length);
  bytes.set(header);
  bytes.set(frame.payload, HEADER_BYTES);
  return bytes;
}
