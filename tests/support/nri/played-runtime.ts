import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { NriEventName } from "../../../ffi/nri/events.ts";
import type { ContainerAdjustment } from "../../../ffi/nri/generated/adjustment_pb.ts";
import {
  CreateContainerRequestSchema,
  CreateContainerResponseSchema,
  ValidateContainerAdjustmentRequestSchema,
  ValidateContainerAdjustmentResponseSchema,
} from "../../../ffi/nri/generated/events_pb.ts";
import { type SynchronizeRequest, SynchronizeRequestSchema } from "../../../ffi/nri/generated/nri_pb.ts";
import { Field } from "../../../ffi/nri/generated/owners_pb.ts";
import { type Dialect, PlayedPlugin, Refused, rowOf } from "./played-plugin.ts";
import type { Outcome, TestRuntime } from "./test-runtime.ts";

const defaults: Dialect = { nri: "0.12", requestTimeoutMs: 20_000, perPart: 250, required: [] };

/** A runtime that is played by the rules of NRI's library: one event after the other, a plugin that is too slow is dropped. */
export class PlayedRuntime implements TestRuntime {
  readonly socket: string;
  readonly #dialect: Dialect;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #plugins: PlayedPlugin[] = [];
  #state: SynchronizeRequest = create(SynchronizeRequestSchema);
  #synchronized = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(socket: string, dialect: Partial<Dialect>) {
    this.socket = socket;
    this.#dialect = { ...defaults, ...dialect };
  }

  /** A runtime that listens on a socket. */
  static async start(socket: string, dialect: Partial<Dialect> = {}): Promise<PlayedRuntime> {
    const runtime = new PlayedRuntime(socket, dialect);
    await runtime.#listen();
    return runtime;
  }

  get nri(): "0.8" | "0.12" {
    return this.#dialect.nri;
  }

  /** How many plugins are connected. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** The plugins that are synchronized, by index and name. */
  get identities(): string[] {
    return this.#plugins.map(({ identity }) => identity);
  }

  event(name: NriEventName, request: Uint8Array): Promise<Outcome> {
    const outcome = this.#turn.then(() => this.#event(name, request));
    this.#turn = outcome;
    return outcome;
  }

  async setState(state: Uint8Array): Promise<void> {
    this.#state = fromBinary(SynchronizeRequestSchema, state);
  }

  async synchronized(): Promise<number> {
    return this.#synchronized;
  }

  async restart(): Promise<void> {
    await this.end();
    rmSync(this.socket, { force: true });
    await this.#listen();
  }

  /** Takes a plugin that is connected already. */
  async adopt(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    const plugin = new PlayedPlugin(socket, this.#dialect, (all) =>
      all.filter(({ containerId }) => containerId === "fails"),
    );
    await plugin.registered;
    try {
      await plugin.configure();
      this.#turn = this.#turn.then(() => plugin.synchronize(this.#state));
      await this.#turn;
      this.#plugins = [...this.#plugins, plugin].sort((a, b) => (a.identity < b.identity ? -1 : 1));
      this.#synchronized += 1;
    } catch {
      plugin.close();
      this.#turn = Promise.resolve();
    }
  }

  async end(): Promise<void> {
    for (const plugin of this.#plugins.splice(0)) plugin.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  async #listen(): Promise<void> {
    this.#server = createServer((socket) => void this.adopt(socket));
    await new Promise<void>((resolve) => this.#server?.listen(this.socket, resolve));
  }

  async #event(name: NriEventName, request: Uint8Array): Promise<Outcome> {
    this.#plugins = this.#plugins.filter(({ isOpen }) => isOpen);
    try {
      if (name === "createContainer") return { value: await this.#createContainer(request) };
      let value: Uint8Array | undefined;
      for (const plugin of this.#plugins) value = (await plugin.event(rowOf(name), request)) ?? value;
      return { value };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { error: error.message };
    }
  }

  async #createContainer(request: Uint8Array): Promise<Uint8Array> {
    const { pod, container } = fromBinary(CreateContainerRequestSchema, request);
    const adjust = create(CreateContainerResponseSchema, { adjust: {} }).adjust as ContainerAdjustment;
    const owners: Record<string, string> = {};
    for (const plugin of this.#plugins) {
      const answer = await plugin.event(rowOf("createContainer"), request);
      const given = answer && fromBinary(CreateContainerResponseSchema, answer).adjust;
      if (!given) continue;
      adjust.mounts.push(...given.mounts);
      Object.assign(adjust.annotations, given.annotations);
      for (const { destination } of given.mounts) owners[destination] = plugin.identity;
    }
    const compound = { [Field.Mounts]: { owners } };
    const validation = create(ValidateContainerAdjustmentRequestSchema, {
      ...{ pod, container, adjust, owners: { owners: { [container?.id ?? ""]: { compound } } } },
      plugins: this.#plugins.map(({ identity }) => ({
        index: identity.slice(0, 2),
        name: identity.slice(3),
      })),
    } as never);
    this.#require(validation.plugins.flatMap(({ index, name }) => [name, `${index}-${name}`]));
    await this.#validate(toBinary(ValidateContainerAdjustmentRequestSchema, validation));
    return toBinary(CreateContainerResponseSchema, create(CreateContainerResponseSchema, { adjust }));
  }

  // The runtime's own validator goes by the plugins that were asked, also by one that has died meanwhile.
  #require(asked: readonly string[]): void {
    const missing = this.#dialect.required.filter((name) => !asked.includes(name));
    if (missing.length === 0) return;
    const plugins = missing.length === 1 ? "plugin" : "plugins";
    throw new Refused(`validation error: required ${plugins} "${missing.join()}" not present`);
  }

  async #validate(request: Uint8Array): Promise<void> {
    const row = rowOf("validateContainerAdjustment");
    for (const plugin of this.#plugins.filter((one) => one.hears(row))) {
      const answer = await plugin.event(row, request);
      const { reject, reason } = fromBinary(
        ValidateContainerAdjustmentResponseSchema,
        answer ?? new Uint8Array(),
      );
      if (reject)
        throw new Refused(`validator "${plugin.identity}" rejected container adjustment, reason: ${reason}`);
    }
  }
}
