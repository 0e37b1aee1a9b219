import type { NriEventName } from "../../../ffi/nri/events.ts";

/** How an event went: the answer's bytes, or the text of the error. */
export interface Outcome {
  readonly value?: Uint8Array | undefined;
  readonly error?: string | undefined;
}

/** A runtime that plugins connect to: the played one, or NRI's own library in a program. */
export interface TestRuntime extends AsyncDisposable {
  /** The version of NRI: before 0.12 most events come by StateChange. */
  readonly nri: "0.8" | "0.12";
  /** Where it listens. */
  readonly socket: string;
  /** Has an event happen, with the bytes of its request; gives what the runtime would tell CRI. */
  event(name: NriEventName, request: Uint8Array): Promise<Outcome>;
  /** Sets the pods and containers that it has, as the bytes of a SynchronizeRequest. */
  setState(state: Uint8Array): Promise<void>;
  /** How many plugins were synchronized so far. */
  synchronized(): Promise<number>;
  /** Ends it, with its connections, and starts it again. */
  restart(): Promise<void>;
}
