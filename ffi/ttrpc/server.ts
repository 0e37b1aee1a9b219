import type { Server } from "node:net";
import type { Duplex } from "node:stream";
import type { DescService } from "@bufbuild/protobuf";
import { listenOn, TtrpcListenError } from "./listen.ts";
import { checkOptionNames, type OptionNames } from "./option-names.ts";
import { ServerConnection } from "./server-connection.ts";
import { settingsOf, type TtrpcServerOptions, type TtrpcServerSettings } from "./server-options.ts";
import { Services, type TtrpcBytesHandler, type TtrpcHandlers } from "./services.ts";
import { wrongTimeout } from "./timeout.ts";

/** How a server shuts down. */
export interface ShutdownOptions {
  /** How long open calls may take before they are ended. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

const names: OptionNames<ShutdownOptions> = { timeoutMs: true };
const SHUTDOWN_MS = 30_000;

/**
 * A ttrpc server for any services: of your own, or in place of a peer whose client is tested. A handler gets a method's message
 * and gives its answer, as `protoc-gen-es` describes both; it refuses by throwing a TtrpcRefusal. Any other error is answered
 * with UNKNOWN.
 *
 * @example
 * ```ts
 * import { rmSync } from "node:fs";
 * import { connectTtrpc, TtrpcServer } from "guestshare/ttrpc";
 * import { Health } from "guestshare/agent";
 *
 * const server = new TtrpcServer();
 * server.register(Health, {
 *   version: (_, { metadata }) => ({ agentVersion: metadata.get("asks")?.join() ?? "", grpcVersion: "0.0.1" }),
 * });
 * rmSync("/run/health.sock", { force: true });
 * await server.listen("unix:///run/health.sock");
 * const client = await connectTtrpc("unix:///run/health.sock");
 * const answer = await client.invoke(Health.method.version, {}, { metadata: { asks: "me" } });
 * console.log(answer.agentVersion, answer.grpcVersion); // me 0.0.1
 * await client.close();
 * await server.shutdown();
 * ```
 */
export class TtrpcServer {
  readonly #settings: TtrpcServerSettings;
  readonly #services: Services;
  readonly #listening: Server[] = [];
  readonly #connections = new Set<ServerConnection>();
  #stopped: Promise<unknown> | undefined;
  #isClosed = false;

  /**
   * A server that listens nowhere yet.
   *
   * @throws {TypeError} for wrong options.
   */
  constructor(options: TtrpcServerOptions = {}) {
    this.#settings = settingsOf(options);
    this.#services = new Services(this.#settings.onUnknown);
  }

  /**
   * Answers calls of a service, by a handler for each method. A method without one is refused with UNIMPLEMENTED.
   *
   * @throws {TypeError} for a service that is registered already, and for a handler that belongs to no method, or to a stream.
   */
  register<S extends DescService>(service: S, handlers: TtrpcHandlers<S>): this {
    this.#services.register(service, handlers);
    return this;
  }

  /**
   * Answers calls of a service by one handler that gets and gives bytes, as `TtrpcClient.call` does.
   *
   * @throws {TypeError} for a service that is registered already.
   */
  registerBytes(service: string, handler: TtrpcBytesHandler): this {
    this.#services.registerBytes(service, handler);
    return this;
  }

  /**
   * Listens on a unix socket: `unix://<path>`, or `unix://@<name>` for an abstract one. It may listen on several.
   *
   * @throws {TtrpcListenError} if it cannot.
   */
  async listen(address: string): Promise<void> {
    const server = await listenOn(address, (socket) => this.serve(socket));
    this.#listening.push(server);
    if (!this.#stopped) return;
    server.close();
    throw new TtrpcListenError(address, { code: "ECANCELED", reason: "the server is closed" });
  }

  /** Serves the client at the other end of a connected stream: a socket, or any other duplex of bytes. */
  serve(stream: Duplex): void {
    const connection = new ServerConnection(stream, this.#services, this.#settings);
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    if (this.#isClosed) connection.end("UNAVAILABLE", "the server is closed");
    else if (this.#stopped) connection.drain();
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Ends once all open calls are answered: listens no more, and refuses new calls. */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptionNames(options, names);
    const { timeoutMs = SHUTDOWN_MS } = options;
    const wrong = wrongTimeout(timeoutMs);
    if (wrong !== "") throw new TypeError(wrong);
    const timer = setTimeout(() => void this.close(), timeoutMs);
    const stopped = this.#stopListening();
    for (const connection of this.#connections) connection.drain();
    await this.#allClosed();
    clearTimeout(timer);
    await Promise.all([stopped, this.close()]);
  }

  /** Ends at once: open calls are not answered, and their handlers are told by their signals. Closing again is fine. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const stopped = this.#stopListening();
    for (const connection of this.#connections) connection.end("UNAVAILABLE", "the server is closed");
    await Promise.all([stopped, this.#allClosed()]);
  }

  /** As `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #stopListening(): Promise<unknown> {
    const stop = (server: Server) => new Promise((resolve) => server.close(resolve));
    this.#stopped ??= Promise.all(this.#listening.map(stop));
    return this.#stopped;
  }

  async #allClosed(): Promise<void> {
    await Promise.all([...this.#connections].map(({ closed }) => closed));
  }
}
