import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";

/** One HTTP request over a unix socket. */
export interface Question {
  readonly socketPath: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  /** From the first byte of the request to the last one of the answer. */
  readonly timeoutMs: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Why there was no answer. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** Such as "ECONNREFUSED". */
  readonly code: string;

  constructor(code: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.code = code;
  }

  /** Whether no process listens on the socket. */
  get isAbsent(): boolean {
    return this.code === "ENOENT" || this.code === "ECONNREFUSED";
  }
}

// The state has a line for each mount: at most 255 of them, each with a configuration that nydusd takes up to 50 KiB of.
const LONGEST_ANSWER = 16 * 1024 * 1024;
// The rest of a longer refusal is not read.
const LONGEST_REFUSAL = 64 * 1024;

/**
 * The answer to a request, on a connection of its own that is closed with it.
 *
 * @throws {NoAnswer} for no answer, a late one, half of one, or one that is not HTTP.
 */
export async function ask({ socketPath, method, path, body, timeoutMs }: Question): Promise<Answer> {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, agent: false, headers: headersOf(body) });
    const timer = setTimeout(
      () => fail(new NoAnswer("ETIMEDOUT", `no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const settle = () => {
      clearTimeout(timer);
      asked.destroy();
    };
    const fail = (error: NoAnswer) => {
      reject(error);
      settle();
    };
    const give = (answer: Answer) => {
      resolve(answer);
      settle();
    };
    // Only the first of these counts: a promise settles once.
    asked.on("error", (error) => fail(noAnswer(error, socketPath)));
    let end = closed;
    asked.on("response", (response) => {
      end = cut;
      read(response, { give, fail });
    });
    asked.on("close", () => fail(end()));
    asked.end(body);
  });
}

// nydusd refuses a GET and a DELETE that have a body.
function headersOf(body: string | undefined): Record<string, string | number> {
  if (body === undefined) return {};
  return { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
}

interface Ends {
  give(answer: Answer): void;
  fail(error: NoAnswer): void;
}

function read(response: IncomingMessage, { give, fail }: Ends): void {
  const status = response.statusCode ?? 0;
  const isRefusal = status >= 300;
  const longest = isRefusal ? LONGEST_REFUSAL : LONGEST_ANSWER;
  const pieces: Buffer[] = [];
  let length = 0;
  const body = () => Buffer.concat(pieces).subarray(0, longest).toString("utf8");
  response.on("data", (piece: Buffer) => {
    pieces.push(piece);
    length += piece.length;
    if (length <= longest) return;
    if (isRefusal) give({ status, body: body() });
    else fail(new NoAnswer("EMSGSIZE", `the answer is longer than ${longest} bytes`));
  });
  response.on("end", () => (response.complete ? give({ status, body: body() }) : fail(cut())));
  response.on("error", () => fail(cut()));
  response.on("close", () => fail(cut()));
}

const closed = () => new NoAnswer("ECONNRESET", "nydusd closed the connection and did not answer");
const cut = () => new NoAnswer("ECONNRESET", "nydusd closed the connection in the middle of its answer");

function noAnswer(error: Error, socketPath: string): NoAnswer {
  const code = "code" in error ? String(error.code) : "";
  const path = JSON.stringify(socketPath);
  if (code === "ENOENT") return new NoAnswer(code, `there is no socket ${path}`, { cause: error });
  if (code === "ECONNREFUSED") return new NoAnswer(code, `nobody listens on ${path}`, { cause: error });
  if (code === "ECONNRESET" || code === "EPIPE") return closed();
  if (/^E[A-Z0-9]+$/.test(code)) return new NoAnswer(code, error.message, { cause: error });
  return new NoAnswer("EPROTO", `the answer is no HTTP: ${error.message}`, { cause: error });
}
