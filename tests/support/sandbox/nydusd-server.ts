import { Buffer } from "node:buffer";
import { existsSync, renameSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { posix } from "node:path";

/** What the server does instead of answering as nydusd does. */
export interface Trouble {
  /** What it writes instead of an answer. Default: nothing. */
  readonly raw?: string;
  /** Afterwards it is silent, closes this connection, or ends for good. */
  readonly end: "stall" | "close" | "die";
  /** Whether it does what was asked all the same. */
  readonly done?: boolean;
}

/** What is mounted, as the request had it. */
export interface ServedMount {
  readonly fs_type: string;
  readonly source: string;
  readonly config: string;
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

/** A server that answers on a unix socket as nydusd 2.4 was seen to, or not as it is told. */
export class NydusdServer {
  /** Each request: `POST /api/v1/mount /rafs/c1/lowerdir`. */
  readonly log: string[] = [];
  /** By the mountpoints as they were given. */
  readonly mounts: Map<string, ServedMount> = new Map();
  /** What it says of itself next; the last one stays. */
  states: string[] = ["RUNNING"];
  /** Whether it has a list of its mounts. */
  hasList = true;
  /** What happens instead, by method. */
  readonly trouble: Map<string, Trouble> = new Map();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  /** A server that listens. A socket that it leaves behind has to be there after its end: so it gets its name later. */
  static async start(socketPath: string): Promise<NydusdServer> {
    const served = new NydusdServer();
    await new Promise<void>((resolve) => served.#server.listen(`${socketPath}.new`, resolve));
    renameSync(`${socketPath}.new`, socketPath);
    return served;
  }

  /** The connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Ends as a killed process does: the socket's name stays. */
  die(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {}); // the client may be gone
    let received = "";
    socket.setEncoding("latin1").on("data", (piece: string) => {
      received += piece;
      const asked = requestOf(received);
      if (!asked) return;
      received = "";
      this.#answer(socket, asked);
    });
  }

  #answer(socket: Socket, asked: Asked): void {
    const mountpoint = asked.url.searchParams.get("mountpoint");
    this.log.push(`${asked.method} ${asked.url.pathname}${mountpoint === null ? "" : ` ${mountpoint}`}`);
    const trouble = this.trouble.get(asked.method);
    if (!trouble) {
      socket.write(this.#reply(asked, mountpoint));
      return;
    }
    if (trouble.done) this.#reply(asked, mountpoint);
    if (trouble.raw) socket.write(trouble.raw, () => this.#end(trouble, socket));
    else this.#end(trouble, socket);
  }

  #end({ end }: Trouble, socket: Socket): void {
    if (end === "close") socket.destroy();
    if (end === "die") this.die();
  }

  #reply({ method, url, body }: Asked, mountpoint: string | null): string {
    if (url.pathname === "/api/v1/daemon" && method === "GET")
      return response(200, JSON.stringify(this.#info()));
    if (url.pathname !== "/api/v1/mount") return refusal(404, "NoRoute");
    if (mountpoint === null)
      return refusal(400, `QueryString("'mountpoint' should be specified in query string")`);
    if (method === "POST" && body !== "") return this.#mount(mountpoint, body);
    if (method === "DELETE" && body === "") return this.#umount(mountpoint);
    return refusal(400, "BadRequest");
  }

  #info(): object {
    const [state] = this.states.length > 1 ? this.states.splice(0, 1) : this.states;
    const list = [...this.mounts].map(([mountpoint, { fs_type }]) => {
      const type = fs_type === "rafs" ? "Rafs" : "PassthroughFs";
      return [
        mountpoint,
        { backend_type: type, mountpoint, mounted_time: "2026-01-01 00:00:00.0 +00:00:00" },
      ];
    });
    const version = { package_ver: "2.4.4", git_commit: "", build_time: "", profile: "release", rustc: "" };
    const backend_collection = this.hasList ? Object.fromEntries(list) : null;
    return { version, id: null, supervisor: null, state, backend_collection };
  }

  // It walks paths: what was mounted by one name is there by another one too.
  #named(mountpoint: string): string | undefined {
    return [...this.mounts.keys()].find((name) => posix.resolve(name) === posix.resolve(mountpoint));
  }

  #mount(mountpoint: string, body: string): string {
    const mount = mountOf(body);
    if (!mount) return refusal(400, 'ParseBody(Error("missing field `source`", line: 1, column: 2))');
    if (this.#named(mountpoint) !== undefined) return failure("object or filesystem already exists");
    if (mount.fs_type === "rafs" && !isConfig(mount.config))
      return failure(
        "RAFS failed to handle request, Failed to load config: failed to parse configuration information`",
      );
    if (!existsSync(mount.source))
      return failure(
        "RAFS failed to handle request, Failed to fill superBlock: No such file or directory (os error 2)`",
      );
    this.mounts.set(mountpoint, mount);
    return response(204, "");
  }

  #umount(mountpoint: string): string {
    const name = this.#named(mountpoint);
    if (name === undefined) return failure("object or filesystem doesn't exist");
    this.mounts.delete(name);
    return response(204, "");
  }
}

// A whole request; undefined while there is only a part of one.
function requestOf(received: string): Asked | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const length = Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0);
  const body = received.slice(end + 4);
  if (body.length < length) return undefined;
  const [method = "", path = ""] = head.split(" ");
  return {
    method,
    url: new URL(path, "http://localhost"),
    body: Buffer.from(body, "latin1").toString("utf8"),
  };
}

function mountOf(body: string): ServedMount | undefined {
  const mount = JSON.parse(body);
  return typeof mount.source === "string" && typeof mount.config === "string" ? mount : undefined;
}

function isConfig(text: string): boolean {
  try {
    const config = JSON.parse(text);
    return config.version === 2 || "device" in config;
  } catch {
    return false;
  }
}

// No reason phrase, and a connection that stays open: so it answers.

/** An answer of nydusd's. */
export function response(status: number, body: string): string {
  const length = Buffer.byteLength(body);
  const content = body === "" ? "" : `Content-Type: application/json\r\nContent-Length: ${length}\r\n`;
  return `HTTP/1.1 ${status} \r\nServer: Nydus API\r\nConnection: keep-alive\r\n${content}\r\n${body}`;
}

/** A refusal of nydusd's. */
export function refusal(status: number, message: string): string {
  return response(status, JSON.stringify({ code: "UNDEFINED", message }));
}

const failure = (text: string) => refusal(500, `Mount(MountFilesystem(Other("${text}")))`);
