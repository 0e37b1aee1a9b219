import assert from "node:assert/strict";
import { NydusdError } from "../../ffi/nydusd/error.ts";
import { Nydusd } from "../../ffi/nydusd.ts";
import { rejection } from "../support/errors.ts";
import { NydusdServer, refusal, response, type Trouble } from "../support/sandbox/nydusd-server.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const mountpoint = "/rafs/c1/lowerdir";
const SHORT_MS = 200;
const LONG_MS = 600_000;

function image(scratch: Scratch): { mountpoint: string; source: string; config: string } {
  return { mountpoint, source: scratch.file("image.boot"), config: '{"version":2}' };
}

interface Met {
  readonly error: NydusdError;
  readonly server: NydusdServer;
}

/** What a call meets at a server that has trouble with a method. No connection may be left open. */
async function meet(
  scratch: Scratch,
  trouble: Readonly<Record<string, Trouble>>,
  call: (nydusd: Nydusd) => Promise<unknown>,
  timeoutMs: number = SHORT_MS,
): Promise<Met> {
  const socketPath = `${scratch.path}/api.sock`;
  const server = await NydusdServer.start(socketPath);
  try {
    for (const [method, what] of Object.entries(trouble)) server.trouble.set(method, what);
    const error = await rejection(call(new Nydusd({ socketPath, timeoutMs })));
    assert.ok(error instanceof NydusdError, String(error));
    await closed(server);
    return { error, server };
  } finally {
    server.die();
  }
}

async function closed(server: NydusdServer): Promise<void> {
  for (let tries = 0; server.connections > 0; tries += 1) {
    assert.ok(tries < 6000, `${server.connections} connections are open`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Row {
  readonly name: string;
  readonly trouble: Trouble;
  readonly state: RegExp;
}

const head = "HTTP/1.1 200 \r\nServer: Nydus API\r\nConnection: keep-alive\r\n";

const rows: readonly Row[] = [
  // # no answer, or not all of it
  { name: "silence", trouble: { end: "stall" }, state: /^ETIMEDOUT \(no answer within 200 ms\)$/ },
  { name: "half a status line", trouble: { raw: "HTTP/1.1 2", end: "stall" }, state: /^ETIMEDOUT / },
  { name: "half a header", trouble: { raw: `${head}Content-Le`, end: "stall" }, state: /^ETIMEDOUT / },
  {
    name: "half a body",
    trouble: { raw: `${head}Content-Length: 50\r\n\r\n{"state"`, end: "stall" },
    state: /^ETIMEDOUT /,
  },
  {
    name: "a closed connection",
    trouble: { end: "close" },
    state: /^ECONNRESET \(nydusd closed the connection/,
  },
  {
    name: "half a header, and closed",
    trouble: { raw: `${head}Content-Le`, end: "close" },
    state: /^ECONNRESET \(/,
  },
  {
    name: "half a body, and closed",
    trouble: { raw: `${head}Content-Length: 50\r\n\r\n{"state"`, end: "close" },
    state: /^ECONNRESET \(nydusd closed the connection in the middle of its answer\)$/,
  },

  // # no answer of nydusd's
  {
    name: "no HTTP",
    trouble: { raw: "SSH-2.0-x\r\n\r\n", end: "stall" },
    state: /^EPROTO \(the answer is no HTTP/,
  },
  {
    name: "no JSON",
    trouble: { raw: response(200, "<html>"), end: "stall" },
    state: /^200 EPROTO \(the answer to GET \/api\/v1\/daemon has no state\)$/,
  },
  {
    name: "JSON without a state",
    trouble: { raw: response(200, '{"state":7}'), end: "stall" },
    state: /^200 EPROTO /,
  },
  { name: "JSON that is a list", trouble: { raw: response(200, "[]"), end: "stall" }, state: /^200 EPROTO / },
  {
    name: "nothing where a state belongs",
    trouble: { raw: response(204, ""), end: "stall" },
    state: /^204 \(/,
  },
  {
    name: "a state without an end",
    trouble: { raw: `${head}Content-Length: 99999999\r\n\r\n${"x".repeat(17 * 1024 * 1024)}`, end: "stall" },
    state: /^EMSGSIZE \(the answer is longer than 16777216 bytes\)$/,
  },

  // # refusals
  {
    name: "400",
    trouble: { raw: refusal(400, "BadRequest"), end: "stall" },
    state: /^400 UNDEFINED \(BadRequest\)$/,
  },
  {
    name: "404",
    trouble: { raw: refusal(404, "NoRoute"), end: "stall" },
    state: /^404 UNDEFINED \(NoRoute\)$/,
  },
  { name: "501", trouble: { raw: refusal(501, "X"), end: "stall" }, state: /^501 UNDEFINED \(X\)$/ },
  { name: "503", trouble: { raw: refusal(503, "Y"), end: "stall" }, state: /^503 UNDEFINED \(Y\)$/ },
  {
    name: "too many connections", // no space after the number
    trouble: {
      raw: 'HTTP/1.1 503\r\nServer: Firecracker API\r\nConnection: close\r\nContent-Length: 40\r\n\r\n{ "error": "Too many open connections" }',
      end: "close",
    },
    state: /^503 \(\{ "error": "Too many open connections" \}\)$/,
  },
  {
    name: "a refusal that is no JSON, as it has a line break", // nydusd's own
    trouble: { raw: response(400, '{ "error": "Invalid request.\nAll dropped." }'), end: "stall" },
    state: /^400 \(\{ "error": "Invalid request\. All dropped\." \}\)$/,
  },
  {
    name: "an empty refusal",
    trouble: { raw: response(500, ""), end: "close" },
    state: /^500 \(no explanation\)$/,
  },
  {
    name: "a huge refusal",
    trouble: {
      raw: `HTTP/1.1 500 \r\nContent-Length: 99999999\r\n\r\n${"x".repeat(1024 * 1024)}`,
      end: "stall",
    },
    state: /^500 \(x{1999}\u2026\)$/,
  },
  {
    name: "a refusal for a terminal",
    trouble: { raw: refusal(500, "\u001b[2Jgone\u0007\r\n\u2028"), end: "stall" },
    state: /^500 UNDEFINED \(\[2Jgone\)$/,
  },
];

for (const { name, trouble, state } of rows) {
  mountTest(`an error says what came instead of an answer: ${name}`, async (scratch) => {
    // Who waits where nothing more is to come waits for ten minutes.
    const timeoutMs = state.source.startsWith("^ETIMEDOUT") ? SHORT_MS : LONG_MS;
    const { error } = await meet(scratch, { GET: trouble }, (nydusd) => nydusd.state(), timeoutMs);
    assert.match(error.state, state);
    assert.equal(error.message, `Cannot ask nydusd for its state: ${error.state}`);
    assert.equal(error.isAbsent, false);
  });
}

mountTest("a mount whose answer is lost is taken back", async (scratch) => {
  for (const end of ["stall", "close"] as const) {
    const { error, server } = await meet(scratch, { POST: { end, done: true } }, (nydusd) =>
      nydusd.mount(image(scratch)),
    );
    assert.equal(error.code, end === "stall" ? "ETIMEDOUT" : "ECONNRESET");
    assert.equal(server.mounts.size, 0);
    assert.equal(server.log.at(-1), `DELETE /api/v1/mount ${mountpoint}`);
  }
});

mountTest("a mount that was made and refused is taken back", async (scratch) => {
  const raw = refusal(500, 'Mount(MountFilesystem(Other("cannot save state: already exists")))');
  const { error, server } = await meet(scratch, { POST: { raw, end: "stall", done: true } }, (nydusd) =>
    nydusd.mount(image(scratch)),
  );
  assert.match(error.state, /cannot save state/);
  assert.equal(server.mounts.size, 0);
});

mountTest("a mount that cannot be taken back is told of", async (scratch) => {
  const trouble = {
    POST: { end: "stall", done: true },
    DELETE: { raw: refusal(503, "NotReady"), end: "stall" },
  } as const;
  const { error } = await meet(scratch, trouble, (nydusd) => nydusd.mount(image(scratch)));
  assert.equal(
    error.message,
    'Cannot mount "/rafs/c1/lowerdir" in nydusd: ETIMEDOUT (no answer within 200 ms; it may be left behind: 503 ' +
      "UNDEFINED (NotReady))",
  );
});

mountTest("an unmount that is refused in other words is done where nothing is listed", async (scratch) => {
  const socketPath = `${scratch.path}/api.sock`;
  const server = await NydusdServer.start(socketPath);
  const nydusd = new Nydusd({ socketPath });
  for (const words of ["Other", "Vfs(NotFound)"]) {
    server.trouble.set("DELETE", { raw: refusal(500, words), end: "stall" });
    assert.equal(await nydusd.umount(mountpoint), false);
  }
  server.mounts.set(mountpoint, { fs_type: "rafs", source: "", config: "" });
  const error = await rejection(nydusd.umount(mountpoint));
  assert.equal(
    (error as Error).message,
    'Cannot unmount "/rafs/c1/lowerdir" in nydusd: 500 UNDEFINED (Vfs(NotFound))',
  );
  server.die();
});

mountTest("a daemon that is not there is told from one that is in trouble", async (scratch) => {
  const socketPath = `${scratch.path}/api.sock`;
  const nydusd = new Nydusd({ socketPath });
  const absent = async (code: string, reason: string): Promise<void> => {
    // One after the other: a rejection that nobody waits for yet fails the test.
    const calls = [() => nydusd.state(), () => nydusd.mount(image(scratch)), () => nydusd.umount(mountpoint)];
    for (const call of calls) {
      const error = await rejection(call());
      assert.ok(error instanceof NydusdError);
      assert.deepEqual([error.code, error.reason, error.isAbsent], [code, reason, true]);
    }
  };
  await absent("ENOENT", `there is no socket ${JSON.stringify(socketPath)}`);
  (await NydusdServer.start(socketPath)).die();
  await absent("ECONNREFUSED", `nobody listens on ${JSON.stringify(socketPath)}`);
});

mountTest("a daemon that ends instead of answering is absent", async (scratch) => {
  const { error } = await meet(scratch, { DELETE: { end: "die" } }, (nydusd) => nydusd.umount(mountpoint));
  assert.deepEqual([error.code, error.isAbsent], ["ECONNRESET", true]);
  const other = await meet(scratch, { POST: { end: "die" } }, (nydusd) => nydusd.mount(image(scratch)));
  assert.deepEqual([other.error.code, other.error.isAbsent], ["ECONNRESET", true]);
});

mountTest("many requests at once leave nothing open", async (scratch) => {
  const socketPath = `${scratch.path}/api.sock`;
  const server = await NydusdServer.start(socketPath);
  const nydusd = new Nydusd({ socketPath });
  await Promise.all(Array.from({ length: 100 }, () => nydusd.state()));
  await closed(server);
  server.die();
});
