import {
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { oneLine } from "../ttrpc/one-line.ts";
import { TtrpcRefusal } from "../ttrpc/refusal.ts";
import type { TtrpcContext } from "../ttrpc/server-call.ts";
import type { TtrpcBytesHandler } from "../ttrpc/services.ts";
import { type EventRow, eventRows } from "./events.ts";
import { StateChangeEventSchema } from "./generated/events_pb.ts";
import {
  type ConfigureRequest,
  ConfigureRequestSchema,
  ConfigureResponseSchema,
  SynchronizeResponseSchema,
} from "./generated/nri_pb.ts";
import { handlerOf, type NriContainerEvent, type NriHandlers } from "./handlers.ts";
import type { LeftOut } from "./left-out.ts";
import type { Lightening } from "./lightening.ts";
import { decodedWithin } from "./message-weight.ts";
import { ReceivedState } from "./state.ts";

const nothing = new Uint8Array();
const rowsByMethod = new Map(eventRows.map((row) => [row.request.name.replace(/Request$/, ""), row]));
const rowsByNumber = new Map(eventRows.map((row) => [Number(row.number), row]));

type Lightened<D extends DescMessage> = MessageShape<D> & Pick<NriContainerEvent, "isLightened">;

/** What a plugin says of itself, and who hears of the first two calls. */
export interface PluginAnswers {
  readonly handlers: NriHandlers;
  readonly mostStateBytes: number;
  readonly leftOut: LeftOut;
  readonly lightening: Lightening | undefined;
  /** What it answers to a runtime: the mask of its events, and its policy. */
  configure(request: ConfigureRequest): MessageInitShape<typeof ConfigureResponseSchema>;
  /** The state is there, and was answered. Events wait for its end. */
  synchronize(state: ReceivedState): Promise<void>;
  /** A runtime sent what no runtime sends. */
  broken(refusal: TtrpcRefusal): void;
}

/**
 * The calls of one runtime. Before NRI 0.12 most events come by StateChange. Every call is answered, also those that nobody asked
 * for: a plugin that answers UNIMPLEMENTED once gets StateChange from then on.
 */
export class PluginService {
  readonly #answers: PluginAnswers;
  #state: ReceivedState | undefined;
  #isSynchronized = false;
  #resolveReady: () => void = () => {};
  readonly #ready: Promise<void> = new Promise((resolve) => {
    this.#resolveReady = resolve;
  });

  constructor(answers: PluginAnswers) {
    this.#answers = answers;
  }

  /** Answers a call. */
  readonly answer: TtrpcBytesHandler = async (payload, context, release) => {
    const row = rowsByMethod.get(context.method);
    if (row) return await this.#event(row, () => this.#decoded(row.request, payload, release), context);
    switch (context.method) {
      case "Configure":
        return this.#configure(payload);
      case "Synchronize":
        return this.#synchronize(payload);
      case "StateChange":
        return await this.#stateChange(
          () => this.#decoded(StateChangeEventSchema, payload, release),
          context,
        );
      case "Shutdown":
        await this.#answers.handlers.shutdown?.();
        return nothing;
      default:
        throw new TtrpcRefusal("UNIMPLEMENTED", `${context.method} is not implemented`);
    }
  };

  // A handler may take its time: a message of some megabytes is not kept meanwhile, and the next one needs no other memory.
  #decoded<D extends DescMessage>(schema: D, payload: Uint8Array, release: () => void): Lightened<D> {
    const { leftOut, lightening } = this.#answers;
    try {
      const usual = leftOut.of(schema);
      if (!lightening?.isFor(usual, payload)) return decodedWithin(usual, payload) as Lightened<D>;
      return Object.assign(decodedWithin(lightening.leftOut.of(schema), payload), {
        isLightened: true,
      } as const);
    } finally {
      release();
    }
  }

  #configure(payload: Uint8Array): Uint8Array {
    const request = this.#taken(() => decodedWithin(ConfigureRequestSchema, payload));
    return toBinary(
      ConfigureResponseSchema,
      create(ConfigureResponseSchema, this.#answers.configure(request)),
    );
  }

  #synchronize(payload: Uint8Array): Uint8Array {
    if (this.#isSynchronized)
      throw new TtrpcRefusal("FAILED_PRECONDITION", "the plugin is synchronized already");
    const { mostStateBytes, leftOut } = this.#answers;
    this.#state ??= new ReceivedState(mostStateBytes, leftOut);
    const state = this.#state;
    const isMore = this.#taken(() => state.add(payload));
    if (!isMore) {
      this.#isSynchronized = true;
      this.#state = undefined;
      // The answer goes first: all pods of the node wait for it, two seconds at most.
      setImmediate(() => void this.#answers.synchronize(state).then(this.#resolveReady));
    }
    return toBinary(SynchronizeResponseSchema, create(SynchronizeResponseSchema, { more: isMore }));
  }

  /** What a call gives that no runtime gets wrong: one that does is not talked to any more. */
  #taken<T>(decode: () => T): T {
    try {
      return decode();
    } catch (error) {
      if (error instanceof TtrpcRefusal) setImmediate(() => this.#answers.broken(error));
      throw error;
    }
  }

  async #stateChange(
    decode: () => Lightened<typeof StateChangeEventSchema>,
    context: TtrpcContext,
  ): Promise<Uint8Array> {
    const { event, pod, container, isLightened } = decode();
    const row = rowsByNumber.get(event);
    if (!row) return nothing;
    const request = () => create(row.request, { pod, container } as never);
    return await this.#event(row, () => Object.assign(request(), isLightened && { isLightened }), context);
  }

  async #event(row: EventRow, request: () => unknown, context: TtrpcContext): Promise<Uint8Array> {
    const handler = handlerOf(this.#answers.handlers, row.name);
    if (!handler) return nothing;
    const event = request() as NriContainerEvent;
    if (!event.pod || ("container" in row.request.field && !event.container))
      throw new TtrpcRefusal("INVALID_ARGUMENT", `${context.method} has no pod, or no container`);
    await this.#ready;
    try {
      const answer = await handler(event, context);
      return answer === undefined ? nothing : encodedAnswer(row, answer);
    } catch (error) {
      throw refusalBy(error);
    }
  }
}

function encodedAnswer({ name, response }: EventRow, answer: unknown): Uint8Array {
  const isVerdict = name === "validateContainerAdjustment";
  const init = isVerdict ? oneLineVerdict(answer as { reject?: boolean; reason?: string }) : answer;
  return toBinary(response, create(response, init as never));
}

function oneLineVerdict(answer: { reject?: boolean; reason?: string }): object {
  return { ...answer, reason: oneLine(answer.reason ?? "") };
}

// A runtime takes UNIMPLEMENTED for the answer of an older plugin.
function refusalBy(error: unknown): unknown {
  if (!(error instanceof TtrpcRefusal) || error.code !== "UNIMPLEMENTED") return error;
  return new TtrpcRefusal("FAILED_PRECONDITION", error.reason, { cause: error });
}
