import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { type NodeServer, type ServeOptions, serveNode } from "../../node/mod.ts";
import { rejection } from "../support/errors.ts";
import { statusOf } from "../support/node/statuses.ts";
import { socketTest, until } from "../support/ttrpc/served.ts";

const status = () => statusOf();
const port = (server: NodeServer) => Number(new URL(server.url ?? "").port);

interface Got {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

function get(
  at: object,
  path: string,
  more: { method?: string; headers?: object; body?: string } = {},
): Promise<Got> {
  const { body, ...options } = more;
  return new Promise((resolve, reject) => {
    const asked = request({ ...at, path, agent: false, ...options } as never, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** A test with a server on a port. */
function portTest(
  name: string,
  body: (server: NodeServer) => Promise<void>,
  more: Partial<ServeOptions> = {},
): void {
  test(name, async () => {
    await using server = await serveNode({ at: { port: 0 }, status, ...more });
    await body(server);
  });
}

/** What a server answers to bytes, until it closes the connection. */
async function sent(server: NodeServer, bytes: string): Promise<string> {
  const socket = connect(port(server), "127.0.0.1");
  socket.on("error", () => {});
  let text = "";
  socket.on("data", (part) => {
    text += part;
  });
  socket.write(bytes);
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

portTest("each page has its type, and is kept by nobody", async (server) => {
  for (const [path, code, type, text] of [
    ["/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", /^# HELP guestshare_/],
    ["/metrics?x=1", 200, "text/plain; version=0.0.4; charset=utf-8", /^# HELP guestshare_/],
    ["/healthz", 200, "text/plain; charset=utf-8", /^ok\n$/],
    ["/readyz", 200, "text/plain; charset=utf-8", /^ok\n$/],
    ["/node.json", 200, "application/json", /^\{"startedAt"/],
    ["/", 404, "text/plain; charset=utf-8", /^there are \/metrics, /],
    ["/metrics/", 404, "text/plain; charset=utf-8", /^there are /],
    ["/__proto__", 404, "text/plain; charset=utf-8", /^there are /],
    ["//metrics", 404, "text/plain; charset=utf-8", /^there are /],
    ["/../metrics", 404, "text/plain; charset=utf-8", /^there are /],
  ] as const) {
    const got = await get({ port: port(server), host: "127.0.0.1" }, path);
    assert.deepEqual([got.status, got.headers["content-type"]], [code, type], path);
    assert.match(got.text, text);
    assert.equal(got.headers["cache-control"], "no-store");
    assert.equal(got.headers["access-control-allow-origin"], undefined);
  }
  assert.deepEqual(
    JSON.parse((await get({ port: port(server) }, "/node.json")).text),
    JSON.parse(JSON.stringify(status())),
  );
  const head = await get({ port: port(server) }, "/metrics", { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
  assert.ok(Number(head.headers["content-length"]) > 100);
});

test("a node is ready while it is known who lives and the last audit was whole, else it says why", async () => {
  const { living, audits } = statusOf();
  const { lastAt: _, ...before } = audits;
  const failed = "the child that looks has ended by 1: a\n\u001b[2Jb";
  for (const [more, code, text] of [
    [{}, 200, "ok\n"],
    [
      { living: { ...living, isKnown: false, why: "the runtime is away" } },
      503,
      "it is not known who lives: the runtime is away\n",
    ],
    [{ audits: before }, 503, "no audit was whole yet\n"],
    [
      { audits: { ...audits, lastFailure: failed } },
      503,
      "the last audit has failed: the child that looks has ended by 1: a [2Jb\n",
    ],
  ] as const) {
    await using server = await serveNode({ at: { port: 0 }, status: () => statusOf(more) });
    const ready = await get({ port: port(server) }, "/readyz");
    assert.deepEqual([ready.status, ready.text], [code, text]);
    assert.equal((await get({ port: port(server) }, "/healthz")).status, 200);
  }
});

portTest(
  "only names of this machine are answered, as a page's own name may be made to point here",
  async (server) => {
    const own = port(server);
    for (const [host, code] of [
      ["127.0.0.1", 200],
      [`127.0.0.1:${own}`, 200],
      ["127.1.2.3", 200],
      ["localhost", 200],
      ["LOCALHOST:9", 200],
      ["[::1]", 200],
      [`[::1]:${own}`, 200],
      ["evil.example", 421],
      [`evil.example:${own}`, 421],
      ["localhost.evil.example", 421],
      ["127.0.0.1.evil.example", 421],
      ["127.0.0.1.", 421],
      ["127.0.0.1@evil.example", 421],
      ["0.0.0.0", 421],
      ["10.0.0.1", 421],
      ["127.0.0.256", 421],
      ["127.1", 421],
      ["[::]", 421],
      ["[::ffff:127.0.0.1]", 421],
      ["::1", 421],
      ["localhost:", 421],
      ["localhost:999999", 421],
    ] as const) {
      const got = await get({ port: own, host: "127.0.0.1" }, "/healthz", { headers: { host } });
      assert.equal(got.status, code, JSON.stringify(host));
    }
    assert.match(await sent(server, "GET /healthz HTTP/1.1\r\nHost: \r\n\r\n"), /^HTTP\/1\.1 421 /);
    assert.match(await sent(server, "GET /healthz HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 421 /);
  },
);

portTest("nothing but reading is answered, and no body", async (server) => {
  const at = { port: port(server), host: "127.0.0.1" };
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]) {
    const got = await get(at, "/metrics", { method });
    assert.deepEqual([got.status, got.headers.allow], [405, "GET, HEAD"], method);
  }
  const long = { "content-length": "5" };
  assert.equal((await get(at, "/metrics", { headers: long, body: "12345" })).status, 413);
  const chunked = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  assert.match(await sent(server, chunked), /^HTTP\/1\.1 413 /);
  const waiting =
    "GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n";
  assert.match(await sent(server, waiting), /^HTTP\/1\.1 413 /);
});

test("of a thousand requests in one connection one is answered, and others share what was made", async () => {
  let made = 0;
  const counted = () => {
    made += 1;
    return status();
  };
  await using server = await serveNode({ at: { port: 0 }, status: counted });
  const text = await sent(server, "GET /node.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000));
  assert.equal(text.match(/HTTP\/1\.1 /g)?.length, 1);
  await Promise.all(Array.from({ length: 8 }, () => get({ port: port(server) }, "/node.json")));
  // What was made is kept for a moment: how many of these nine come in it, the machine says.
  assert.ok(made < 9, `it was made ${made} times`);
});

portTest("what is no HTTP, or too much of it, is disconnected", async (server) => {
  for (const bytes of [
    "\0".repeat(100),
    "GET / HTTP/9.9\r\n\r\n",
    `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(100_000)}\r\n\r\n`,
  ])
    assert.doesNotMatch(await sent(server, bytes), /guestshare_/);
  assert.equal((await get({ port: port(server) }, "/healthz")).status, 200);
});

portTest(
  "a client that does not send its request, or does not read the answer, is dropped",
  async (server) => {
    const open = (bytes: string) => {
      const socket = connect(port(server), "127.0.0.1");
      socket.on("error", () => {});
      socket.write(bytes);
      socket.pause();
      return socket;
    };
    const slow = [open("GET /metrics HTTP/1.1\r\n"), open("")];
    const closed = slow.map((socket) => new Promise((resolve) => socket.resume().once("close", resolve)));
    await Promise.all(closed);
  },
  { timeoutMs: 300 },
);

test("an answer that nobody reads is given up, with its memory", async () => {
  const directories = Array.from({ length: 1000 }, (_, i) => `/${"a".repeat(20_000)}${i}`);
  const places = { directories, found: [], mounts: "own", isFollowed: true } as const;
  await using server = await serveNode({
    at: { port: 0 },
    status: () => statusOf({ places }),
    timeoutMs: 300,
  });
  const socket = connect(port(server), "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write("GET /node.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
  // Once it reads again, there is no whole answer any more.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  let bytes = 0;
  socket.on("data", (part) => {
    bytes += part.length;
  });
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
  assert.ok(bytes < 20_000_000, `${bytes}`);
});

portTest(
  "there are at most sixteen connections, and those that are only held open keep nobody out",
  async (server) => {
    const sockets: Socket[] = [];
    const closed: Socket[] = [];
    for (let i = 0; i < 40; i += 1) {
      const socket = connect(port(server), "127.0.0.1");
      socket.on("error", () => {});
      // Some begin to ask, and do not end.
      if (i % 2 === 0) socket.write("GET /metrics HTTP/1.1\r\n");
      socket.resume();
      socket.once("close", () => closed.push(socket));
      sockets.push(socket);
    }
    await until(() => closed.length >= 24);
    assert.equal(closed.length, 24);
    for (let i = 0; i < 20; i += 1)
      assert.equal((await get({ port: port(server) }, "/healthz")).status, 200, `number ${i}`);
    for (const socket of sockets) socket.destroy();
    await until(() => closed.length === 40);
  },
  // Nothing but their number ends them.
  { timeoutMs: 600_000 },
);

test("a status that fails is an error of the server's, and says nothing of what failed", async () => {
  const broken = () => {
    throw new Error("secret");
  };
  await using server = await serveNode({ at: { port: 0 }, status: broken });
  const got = await get({ port: port(server) }, "/metrics");
  assert.deepEqual([got.status, got.text], [500, "the monitor does not answer\n"]);
});

socketTest("a socket is of this user alone, and goes with the server", async (directory) => {
  const socket = join(directory, "node.sock");
  {
    await using server = await serveNode({ at: { socket }, status });
    assert.deepEqual([server.socket, server.url], [socket, undefined]);
    assert.equal(statSync(socket).mode & 0o7777, 0o600);
    assert.equal((await get({ socketPath: socket }, "/healthz")).text, "ok\n");
    assert.equal(
      (await get({ socketPath: socket }, "/healthz", { headers: { host: "any.example" } })).status,
      200,
    );
    // A second one does not take it away.
    const error = await rejection(serveNode({ at: { socket }, status }));
    assert.equal((error as NodeJS.ErrnoException).code, "EADDRINUSE");
    assert.equal((await get({ socketPath: socket }, "/healthz")).status, 200);
  }
  assert.ok(!existsSync(socket));
});

socketTest("a socket that a dead process left is replaced, and nothing else is", async (directory) => {
  const socket = join(directory, "node.sock");
  const dead = createServer();
  await new Promise<void>((resolve) => dead.listen(join(directory, "first.sock"), resolve));
  // As a killed process leaves it: the server's own name is another one by the time that it closes.
  const { renameSync } = await import("node:fs");
  renameSync(join(directory, "first.sock"), socket);
  await new Promise((resolve) => dead.close(resolve));
  assert.ok(statSync(socket).isSocket());
  await (await serveNode({ at: { socket }, status })).close();
  const file = join(directory, "file");
  writeFileSync(file, "kept");
  chmodSync(file, 0o644);
  symlinkSync(file, join(directory, "link"));
  for (const path of [file, join(directory, "link"), directory])
    assert.match(String(await rejection(serveNode({ at: { socket: path }, status }))), /EADDRINUSE|EISDIR/);
  assert.equal(readFileSync(file, "utf8"), "kept");
  assert.equal(statSync(file).mode & 0o777, 0o644);
});

test("places that other machines reach are refused, and what is no place", async () => {
  for (const at of [
    { port: 0, host: "0.0.0.0" },
    { port: 0, host: "::" },
    { port: 0, host: "" },
    { port: 0, host: "localhost" },
    { port: 0, host: "10.0.0.1" },
    { port: 0, host: "127.0.0.1 " },
    { port: 0, host: "127.0.0.300" },
    { port: 0, host: "::ffff:127.0.0.1" },
    { port: -1 },
    { port: 70_000 },
    { port: 1.5 },
    { port: "80" },
    {},
    { port: 0, socket: "/run/x.sock" },
    { socket: "x.sock" },
    { socket: "" },
    { socket: `/${"a".repeat(107)}` },
    { socket: "/a\0b" },
  ] as unknown as ServeOptions["at"][])
    assert.ok((await rejection(serveNode({ at, status }))) instanceof TypeError, JSON.stringify(at));
  assert.ok(
    (await rejection(serveNode({ at: { port: 0 }, status, other: 1 } as ServeOptions))) instanceof TypeError,
  );
});

test("the loopback of IPv6 is served, and where there is none that is said", async () => {
  try {
    await using server = await serveNode({ at: { port: 0, host: "::1" }, status });
    assert.match(server.url ?? "", /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await (await fetch(`${server.url}/healthz`)).text()).trim(), "ok");
  } catch (error) {
    assert.match(String(error), /EADDRNOTAVAIL|EAFNOSUPPORT/);
  }
});
