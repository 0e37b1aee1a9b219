import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PageFile } from "./page-files.ts";

// Nobody else's page may look into it, keep it, or learn its address.
const headers = {
  "cache-control": "no-store",
  "content-security-policy": "frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Serves the page on this machine alone, to whoever knows its address. */
export class PageServer {
  readonly #server: Server;
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #hash: string;
  readonly #token = randomBytes(16).toString("hex");

  private constructor(files: ReadonlyMap<string, PageFile>, hash: string) {
    this.#files = files;
    this.#hash = hash;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Begins to serve files at a port of 127.0.0.1; at 0 the kernel chooses one. The page opens with a hash. */
  static async start(files: ReadonlyMap<string, PageFile>, hash: string, port: number): Promise<PageServer> {
    const server = new PageServer(files, hash);
    server.#server.listen(port, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  /** Where the page is. */
  get url(): string {
    return `http://${this.#host}/${this.#token}/`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const found = this.#found(request);
    if (typeof found === "number") response.writeHead(found, headers).end();
    else if (typeof found === "string") response.writeHead(302, { ...headers, location: found }).end();
    else response.writeHead(200, { ...headers, "content-type": found.type }).end(found.bytes);
  }

  // A file, where else it is, or the status of a refusal. A name that somebody else's server points to this machine is another host.
  #found({ method, url = "/", headers: { host } }: IncomingMessage): PageFile | string | number {
    if (host !== this.#host) return 421;
    if (method !== "GET" && method !== "HEAD") return 405;
    const [, token = "", name, ...rest] = url.split("/");
    if (!this.#isToken(token) || name === undefined || rest.length > 0) return 404;
    if (name === "") return this.#hash === "" ? "index.html" : `index.html#${this.#hash}`;
    return this.#files.get(name) ?? 404;
  }

  // In the same time whatever is right of it.
  #isToken(token: string): boolean {
    const [own, given] = [Buffer.from(this.#token), Buffer.from(token)];
    return own.length === given.length && timingSafeEqual(own, given);
  }
}
