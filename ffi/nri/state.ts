import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { noMessage } from "../ttrpc/received-request.ts";
import { TtrpcRefusal } from "../ttrpc/refusal.ts";
import {
  type Container,
  ContainerSchema,
  type PodSandbox,
  PodSandboxSchema,
} from "./generated/container_pb.ts";
import { SynchronizeRequestSchema } from "./generated/nri_pb.ts";
import type { LeftOut } from "./left-out.ts";
import { decodedWithin } from "./message-weight.ts";

const { pods, containers, more } = SynchronizeRequestSchema.field;

/** The pods and containers that a runtime has. They are decoded while they are iterated, each time anew. */
export interface NriState {
  /** All sandboxes, stopped ones too. */
  readonly pods: Iterable<PodSandbox>;
  /** The containers that are created or run. */
  readonly containers: Iterable<Container>;
  /** How many pods there are. */
  readonly podCount: number;
  /** How many containers there are. */
  readonly containerCount: number;
  /** How many bytes the runtime sent. */
  readonly bytes: number;
}

/** The parts of a Synchronize, kept as they arrived. */
export class ReceivedState implements NriState {
  readonly #mostBytes: number;
  readonly #leftOut: LeftOut;
  readonly #parts: Uint8Array[] = [];
  #podCount = 0;
  #containerCount = 0;
  #bytes = 0;

  /** Of at most so many bytes, without what is left out. */
  constructor(mostBytes: number, leftOut: LeftOut) {
    this.#mostBytes = mostBytes;
    this.#leftOut = leftOut;
  }

  get podCount(): number {
    return this.#podCount;
  }

  get containerCount(): number {
    return this.#containerCount;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get pods(): Iterable<PodSandbox> {
    return { [Symbol.iterator]: () => this.#decoded(pods.number, PodSandboxSchema) };
  }

  get containers(): Iterable<Container> {
    return { [Symbol.iterator]: () => this.#decoded(containers.number, ContainerSchema) };
  }

  /**
   * Adds a part; gives whether more follow.
   *
   * @throws {TtrpcRefusal} for bytes that are no part, or more of them than there may be.
   */
  add(part: Uint8Array): boolean {
    this.#bytes += part.length;
    if (this.#bytes > this.#mostBytes)
      throw new TtrpcRefusal("RESOURCE_EXHAUSTED", `the state has more than ${this.#mostBytes} bytes`);
    const reader = new BinaryReader(part);
    let isMore = false;
    try {
      while (reader.pos < reader.len) {
        const [number, type] = reader.tag();
        if (number === more.number && type === WireType.Varint) isMore = reader.bool();
        else {
          if (type === WireType.LengthDelimited && number === pods.number) this.#podCount += 1;
          if (type === WireType.LengthDelimited && number === containers.number) this.#containerCount += 1;
          reader.skip(type, number);
        }
      }
    } catch (error) {
      throw noMessage(error);
    }
    this.#parts.push(part);
    return isMore;
  }

  *#decoded<D extends DescMessage>(number: number, schema: D): Generator<MessageShape<D>, undefined> {
    for (const part of this.#parts) {
      const reader = new BinaryReader(part);
      while (reader.pos < reader.len) {
        const [found, type] = reader.tag();
        if (found === number && type === WireType.LengthDelimited)
          yield decodedWithin(this.#leftOut.of(schema), reader.bytes());
        else reader.skip(type, found);
      }
    }
  }
}
