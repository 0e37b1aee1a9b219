import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { NodeStatus } from "../monitor/status.ts";
import { type Answer, answerOf, refusalOf } from "./answers.ts";
import { Connections } from "./connections.ts";
import { checkPlace, isLoopback, listen, type ServeAt } from "./listen.ts";

/** How a node's numbers are served. */
export interface ServeOptions {
  /** Where. */
  readonly at: ServeAt;
  /** What is known, such as `() => monitor.status()`. */
  readonly status: () => NodeStatus;
  /** Whether /metrics has series of each sandbox. Default false. */
  readonly perPod?: boolean | undefined;
  /** How long a client may take for its request, and for taking the answer, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number | undefined;
}

const names: OptionNames<ServeOptions> = { at: true, status: true, perPod: true, timeoutMs: true };
const TIMEOUT_MS = 5000;
const LONGEST_MS = 3_600_000;
const LONGEST_HEAD = 8192;
const MOST_CONNECTIONS = 16;
const KEPT_MS = 100;
const headers = {
  ...{ "cache-control": "no-store", "cross-origin-resource-policy": "same-origin" },
  "x-content-type-options": "nosniff",
};

/**
 * Serves what a monitor knows by HTTP, to this machine alone: /metrics for Prometheus, /healthz, /readyz, and /node.json. Nothing can be
 * changed by it.
 *
 * @throws {TypeError} for wrong options, and an address that other machines reach.
 * @throws {Error} of the system if it cannot listen there.
 *
 * @example
 * ```ts
 * import { Monitor, serveNode } from "guestshare/node";
 *
 * const monitor = await Monitor.start({ living: { list: async () => [] } });
 * const server = await serveNode({ at: { port: 0 }, status: () => monitor.status() });
 * const response = await fetch(`${server.url}/readyz`);
 * console.log(response.status); // 200
 * await server.close();
 * await monitor.close();
 * ```
 */
export async function serveNode(options: ServeOptions): Promise<NodeServer> {
  checkOptionNames(options, names);
  checkPlace(options.at);
  const { timeoutMs = TIMEOUT_MS } = options;
  if (!(timeoutMs > 0 && timeoutMs <= LONGEST_MS))
    throw new TypeError(`timeoutMs has to be a number of milliseconds up to ${LONGEST_MS}, not ${timeoutMs}`);
  return await NodeServer.start(options);
}

/** A server of a node's numbers, from `serveNode`. */
export class NodeServer implements AsyncDisposable {
  readonly #options: ServeOptions;
  readonly #server: Server;
  readonly #connections = new Connections(MOST_CONNECTIONS);
  readonly #made = new Map<string, Answer>();

  /** As `serveNode`. */
  static async start(options: ServeOptions): Promise<NodeServer> {
    const server = new NodeServer(options);
    await listen(server.#server, options.at);
    return server;
  }

  private constructor(options: ServeOptions) {
    this.#options = options;
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const limits = { headersTimeout: timeoutMs, requestTimeout: timeoutMs, keepAliveTimeout: timeoutMs };
    this.#server = createServer(
      { ...limits, connectionsCheckingInterval: Math.min(timeoutMs, 1000), maxHeaderSize: LONGEST_HEAD },
      (request, response) => this.#answer(request, response),
    );
    this.#server.on("connection", (socket) => this.#connections.add(socket));
    // A body is not waited for.
    this.#server.on("checkContinue", (request, response) => this.#answer(request, response));
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Where it is: the path of its socket, or undefined. */
  get socket(): string | undefined {
    return this.#options.at.socket;
  }

  /** Where it is, such as "http://127.0.0.1:9400"; undefined for one on a Unix socket. */
  get url(): string | undefined {
    if (this.socket !== undefined) return undefined;
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
  }

  /** Ends it, with all connections. Closing again is fine. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** As `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // A connection has one answer: a client that sends a thousand requests and reads nothing would have as many wait for it.
  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#connections.ask(request.socket)) return;
    const timer = setTimeout(() => request.socket.destroy(), this.#options.timeoutMs ?? TIMEOUT_MS);
    response.once("close", () => clearTimeout(timer));
    const { status, type, text } = this.#answerTo(request);
    const body = Buffer.from(text);
    response.writeHead(status, {
      ...{ ...headers, "content-type": type, "content-length": body.length, connection: "close" },
      ...(status === 405 && { allow: "GET, HEAD" }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  /** What was made a moment ago for another: a node's status takes some milliseconds. */
  #kept(path: string, make: (path: string) => Answer): Answer {
    const known = this.#made.get(path);
    if (known) return known;
    const answer = make(path);
    if (answer.status >= 400) return answer;
    this.#made.set(path, answer);
    setTimeout(() => this.#made.delete(path), KEPT_MS).unref();
    return answer;
  }

  #answerTo(request: IncomingMessage): Answer {
    const { method, url = "", headers } = request;
    if (this.socket === undefined && !isOwnName(headers.host)) return refusalOf(421, "this is another host");
    if (method !== "GET" && method !== "HEAD") return refusalOf(405, "nothing can be changed here");
    if (headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0)
      return refusalOf(413, "a request here has no body");
    const { status, perPod = false } = this.#options;
    try {
      return this.#kept(url.replace(/\?.*$/s, ""), (path) => answerOf(path, status, perPod));
    } catch {
      return refusalOf(500, "the monitor does not answer");
    }
  }
}

// A page whose own name was made to point to this machine would read what is here (DNS rebinding): the request has that name.
function isOwnName(host: string | undefined): boolean {
  const [, name = ""] = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host ?? "") ?? [];
  return name.toLowerCase() === "localhost" || isLoopback(name.replace(/^\[(.*)\]$/, "$1"));
}
