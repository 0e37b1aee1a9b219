/** The length of a frame's header. */
export const HEADER_BYTES = 10;
/** The longest payload that a peer accepts. */
export const LONGEST_PAYLOAD: number = 4 * 1024 * 1024;

/** The kind of a frame: a call, its answer, or one message of a stream. */
export type FrameType = "request" | "response" | "data";
/** The number that a header has for each kind of frame. */
export const frameTypes: Readonly<Record<FrameType, number>> = { request: 1, response: 2, data: 3 };

/** What a frame says before its payload. */
export interface FrameHeader {
  /** The stream of its call; a client's streams are odd. */
  readonly streamId: number;
  /** The kind of the frame. */
  readonly type: FrameType;
  /** Bits; none is set for a call with one request and one response. */
  readonly flags: number;
}

/** One message on a ttrpc connection. */
export interface Frame extends FrameHeader {
  /** The message, encoded. */
  readonly payload: Uint8Array;
}

/**
 * The header of a frame whose payload has a length: length, stream, type, flags, big-endian. The payload is written behind it,
 * in parts if need be, and is not copied.
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

// A DataView for each frame would be garbage.
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
 * import { encodeFrame } from "guestshare/ttrpc";
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

/** What is wrong with a frame: it is cut off, too long, or of an unknown type. */
export type TtrpcFrameTrouble = "torn" | "too-long" | "unknown-type";

/** What is known of a wrong frame. */
export interface TtrpcFrameState {
  readonly streamId?: number;
  readonly length?: number;
  readonly type?: number;
  readonly received?: number;
}

/** Bytes are no frame, or a frame cannot be written. */
export class TtrpcFrameError extends Error {
  /** Always "TtrpcFrameError". */
  override readonly name = "TtrpcFrameError";
  /** What is wrong with the frame. */
  readonly trouble: TtrpcFrameTrouble;
  /** The frame's stream; 0 if its header did not arrive. */
  readonly streamId: number;
  /** The length of its payload by its header; 0 if its header did not arrive. */
  readonly length: number;
  /** The number of its type; 0 if its header did not arrive. */
  readonly type: number;
  /** Of a torn frame: how many bytes of the payload arrived, or of the header if that is torn. */
  readonly received: number;
  /** The end of the sentence. */
  readonly state: string;

  /** Of what was to be done with a frame, what is wrong with it, and what is known of it. */
  constructor(
    action: "read" | "write",
    trouble: TtrpcFrameTrouble,
    { streamId = 0, length = 0, type = 0, received = 0 }: TtrpcFrameState,
  ) {
    const frame = type === 0 && action === "read" ? "a frame" : `a frame of stream ${streamId}`;
    const state = stateOf(trouble, { length, type, received });
    super(`Cannot ${action} ${frame}: ${state}`);
    this.state = state;
    this.trouble = trouble;
    this.streamId = streamId;
    this.length = length;
    this.type = type;
    this.received = received;
  }
}

function stateOf(
  trouble: TtrpcFrameTrouble,
  { length, type, received }: { length: number; type: number; received: number },
): string {
  switch (trouble) {
    case "torn":
      return type === 0
        ? `torn after ${received} of the 10 bytes of its header`
        : `torn after ${received} of the ${length} bytes of its payload`;
    case "too-long":
      return `its payload has ${length} bytes, more than ${LONGEST_PAYLOAD}`;
    case "unknown-type":
      return `its type is ${type}, and not request (1), response (2), or data (3)`;
  }
}
