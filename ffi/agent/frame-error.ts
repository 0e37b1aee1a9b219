/** What is wrong with a frame: it is cut off, too long, or of a type that nobody knows. */
export type TtrpcFrameTrouble = "torn" | "too-long" | "unknown-type";

/** What is known of a frame that is wrong. */
export interface TtrpcFrameState {
  readonly streamId?: number;
  readonly length?: number;
  readonly type?: number;
  readonly received?: number;
}

/** Bytes are no frame, or a frame cannot be made. */
export class TtrpcFrameError extends Error {
  override readonly name = "TtrpcFrameError";
  readonly trouble: TtrpcFrameTrouble;
  /** The frame's stream; 0 where its header did not come. */
  readonly streamId: number;
  /** How long its payload is said to be; 0 where its header did not come. */
  readonly length: number;
  /** The number of its type; 0 where its header did not come. */
  readonly type: number;
  /** Of a torn frame: how much came, of the payload or, where that did not come, of the header. */
  readonly received: number;
  /** The end of the sentence. */
  readonly state: string;

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
      return `its payload has ${length} bytes, more than 4194304`;
    case "unknown-type":
      return `its type is ${type}, and not request (1), response (2), or data (3)`;
  }
}
