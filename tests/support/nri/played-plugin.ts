import type { Socket } from "node:net";
import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type EventRow, eventRows } from "../../../ffi/nri/events.ts";
import type { ContainerUpdate } from "../../../ffi/nri/generated/adjustment_pb.ts";
import { Event, StateChangeEventSchema } from "../../../ffi/nri/generated/events_pb.ts";
import {
  ConfigureRequestSchema,
  ConfigureResponseSchema,
  Plugin,
  Runtime,
  type SynchronizeRequest,
  SynchronizeRequestSchema,
  SynchronizeResponseSchema,
} from "../../../ffi/nri/generated/nri_pb.ts";
import { TtrpcClient } from "../../../ffi/ttrpc/client.ts";
import { TtrpcServer } from "../../../ffi/ttrpc/server.ts";
import { TtrpcError } from "../../../ffi/ttrpc/ttrpc-error.ts";
import { LibraryMux } from "./library-mux.ts";

/** What a played runtime does. */
export interface Dialect {
  readonly nri: "0.8" | "0.12";
  readonly requestTimeoutMs: number;
  /** So many pods and containers go in one part of a state. */
  readonly perPart: number;
  /** The plugins without which its own validator refuses each container. */
  readonly required: readonly string[];
}

/** Why an event was refused. */
export class Refused extends Error {}

const validMasks = { "0.8": 0x7ff, "0.12": 0x3fff };
// Of 0.8: these have calls of their own.
const oldCalls: readonly string[] = ["createContainer", "updateContainer", "stopContainer"];

/** A plugin, as a runtime has it. */
export class PlayedPlugin {
  readonly #dialect: Dialect;
  readonly #mux: LibraryMux;
  readonly #client: TtrpcClient;
  readonly #server = new TtrpcServer();
  #mask = 0;
  #register: (identity: string) => void = () => {};
  /** Its index and name, once it has registered. */
  readonly registered: Promise<string> = new Promise((resolve) => {
    this.#register = resolve;
  });
  identity = "";

  constructor(socket: Socket, dialect: Dialect, updated: (update: ContainerUpdate[]) => ContainerUpdate[]) {
    this.#dialect = dialect;
    this.#mux = new LibraryMux(socket);
    this.#server.register(Runtime, {
      registerPlugin: ({ pluginName, pluginIdx }) => {
        this.identity = `${pluginIdx}-${pluginName}`;
        this.#register(this.identity);
        return {};
      },
      updateContainers: ({ update }) => ({ failed: updated(update) }),
    });
    this.#server.serve(this.#mux.open(2));
    this.#client = new TtrpcClient(this.#mux.open(1), { timeoutMs: dialect.requestTimeoutMs });
  }

  get isOpen(): boolean {
    return this.#client.isOpen;
  }

  /** Whether it gets an event. */
  hears(row: EventRow): boolean {
    return (this.#mask & (1 << (row.number - 1))) !== 0;
  }

  close(): void {
    this.#mux.close();
    void this.#server.close();
    void this.#client.close();
  }

  async configure(): Promise<void> {
    const { nri, requestTimeoutMs } = this.#dialect;
    const answer = await this.#call("Configure", ConfigureRequestSchema, ConfigureResponseSchema, {
      ...{ runtimeName: "played", runtimeVersion: "1+unknown", NRIVersion: nri === "0.8" ? "" : "v0.12.5" },
      ...{ registrationTimeout: 5000n, requestTimeout: BigInt(requestTimeoutMs) },
    });
    const { events } = answer as unknown as { events: number };
    if ((events & ~validMasks[nri]) !== 0) throw new Error(`invalid plugin events: ${events}`);
    this.#mask = events === 0 ? validMasks[nri] : events;
  }

  async synchronize({ pods, containers }: SynchronizeRequest): Promise<void> {
    const { perPart } = this.#dialect;
    for (let at = 0, more = true; more; at += perPart) {
      more = at + perPart < Math.max(pods.length, containers.length);
      const part = {
        ...{ pods: pods.slice(at, at + perPart), containers: containers.slice(at, at + perPart), more },
      };
      const answer = await this.#call(
        "Synchronize",
        SynchronizeRequestSchema,
        SynchronizeResponseSchema,
        part,
      );
      if ((answer as unknown as { more: boolean }).more !== more)
        throw new Error("the plugin does not handle split requests");
    }
  }

  /** Has it handle an event; undefined if it does not hear of it, or was dropped. */
  async event(row: EventRow, request: Uint8Array): Promise<Uint8Array | undefined> {
    if (!this.hears(row)) return undefined;
    const method = row.request.name.replace(/Request$/, "");
    try {
      if (this.#dialect.nri === "0.8" && !oldCalls.includes(row.name))
        return await this.call("StateChange", stateChange(row, request));
      return await this.call(method, request);
    } catch (error) {
      if (!(error instanceof TtrpcError)) throw error;
      if (error.trouble === "status") throw new Refused(`${error.code}: ${error.reason}`);
      this.close();
      if (row.number !== Event.VALIDATE_CONTAINER_ADJUSTMENT) return undefined;
      throw new Refused(`validator plugin ${this.identity} failed: ${error.reason}`);
    }
  }

  async #call(method: string, request: DescMessage, response: DescMessage, init: object): Promise<object> {
    return fromBinary(response, await this.call(method, toBinary(request, create(request, init as never))));
  }

  /** Calls the plugin. */
  async call(method: string, payload: Uint8Array): Promise<Uint8Array> {
    return await this.#client.call({ service: Plugin.typeName, method, payload });
  }
}

function stateChange({ number, request }: EventRow, payload: Uint8Array): Uint8Array {
  const { pod, container } = fromBinary(request, payload) as never;
  return toBinary(StateChangeEventSchema, create(StateChangeEventSchema, { event: number, pod, container }));
}

/** The row of an event. */
export function rowOf(name: string): EventRow {
  return eventRows.find((row) => row.name === name) as EventRow;
}
