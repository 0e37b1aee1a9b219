import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { join } from "node:path";
import type { NriHandlers } from "../../ffi/nri/handlers.ts";
import { NriError, type NriTrouble } from "../../ffi/nri/nri-error.ts";
import { startPlugin } from "../../ffi/nri/plugin.ts";
import { LONGEST_PAYLOAD } from "../../ffi/ttrpc/frame.ts";
import { TtrpcRefusal } from "../../ffi/ttrpc/refusal.ts";
import { rejection } from "../support/errors.ts";
import { RawRuntime } from "../support/nri/raw-runtime.ts";
import { frameOf } from "../support/ttrpc/peer.ts";
import { socketTest } from "../support/ttrpc/served.ts";

const none = new Uint8Array();
const wrong = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f]); // a field that is longer than the message
const groups = Buffer.alloc(100_000, 0x0b); // groups in groups, without an end

interface Row {
  readonly what: string;
  /** What the runtime does once the plugin has connected. */
  readonly lies: (runtime: RawRuntime) => unknown;
  readonly trouble: NriTrouble;
  readonly reason: RegExp;
  readonly register?: () => object;
}

const rows: readonly Row[] = [
  // # the multiplexer
  {
    what: "HTTP",
    lies: (r) => r.socket.write("GET / HTTP/1.1\r\nHost: plugin\r\n\r\n"),
    trouble: "protocol",
    reason: /its payload has \d+ bytes/,
  },
  {
    what: "a frame of 2^32-1 bytes",
    lies: (r) => r.frame(1, none, 2 ** 32 - 1),
    trouble: "protocol",
    reason: /its payload has 4294967295 bytes/,
  },
  {
    what: "half a header",
    lies: (r) => r.socket.end(Buffer.from([0, 0, 0, 1, 0])),
    trouble: "closed",
    reason: /in the middle of a frame/,
  },
  {
    what: "half a frame",
    lies: (r) => r.socket.end(Buffer.from([0, 0, 0, 1, 0, 0, 0, 100, 97, 98])),
    trouble: "closed",
    reason: /in the middle of a frame/,
  },
  {
    what: "the end at once",
    lies: (r) => r.socket.destroy(),
    trouble: "closed",
    reason: /(closed|broke) the connection|ECONNRESET/,
  },
  // # ttrpc
  {
    what: "a call of an unknown type",
    lies: (r) => r.frame(1, frameOf(1, 9, none)),
    trouble: "protocol",
    reason: /sent what is no call/,
  },
  {
    what: "a call that is too long",
    lies: (r) => r.frame(1, frameOf(1, 1, none, LONGEST_PAYLOAD + 1)),
    trouble: "protocol",
    reason: /sent what is no call/,
  },
  {
    what: "an answer that nobody asked for",
    lies: (r) => r.frame(2, frameOf(77, 2, none)),
    trouble: "protocol",
    reason: /stream 77/,
  },
  {
    what: "an answer that is no message",
    lies: (r) => r.frame(2, frameOf(1, 2, wrong)),
    trouble: "protocol",
    reason: /no message of its type/,
    register: () => new Promise(() => {}),
  },
  // # NRI
  {
    what: "a refusal of the registration",
    lies: () => {},
    trouble: "refused",
    reason: /no plugins here/,
    register: refuses,
  },
  {
    what: "a configuration that is no message",
    lies: (r) => r.call("Configure", wrong),
    trouble: "protocol",
    reason: /no message/,
  },
  {
    what: "groups in groups",
    lies: (r) => r.call("Configure", groups),
    trouble: "protocol",
    reason: /no message/,
  },
  {
    what: "a state that is no message",
    lies: (r) => r.configure().then(() => r.call("Synchronize", wrong)),
    trouble: "protocol",
    reason: /no message/,
  },
  {
    what: "a state of groups",
    lies: (r) => r.configure().then(() => r.call("Synchronize", groups)),
    trouble: "protocol",
    reason: /no message/,
  },
  {
    what: "a state before the configuration",
    lies: (r) => r.synchronize(),
    trouble: "protocol",
    reason: /had not configured/,
  },
  { what: "a state without an end", lies: endless, trouble: "limit", reason: /more than 1000000 bytes/ },
  {
    what: "a pod in the state that is no message",
    lies: (r) => r.configure().then(() => r.call("Synchronize", Buffer.from([0x0a, 2, 0x0a, 9]))),
    trouble: "handler",
    reason: /synchronize has thrown: INVALID_ARGUMENT/,
  },
  { what: "silence", lies: () => {}, trouble: "deadline", reason: /no runtime has answered/ },
];

function refuses(): never {
  throw new TtrpcRefusal("INVALID_ARGUMENT", "no plugins here");
}

async function endless(runtime: RawRuntime): Promise<void> {
  await runtime.configure();
  for (let i = 0; i < 1000; i += 1)
    await runtime.synchronize({ pods: [{ id: "a".repeat(50_000) }], more: true });
}

const handlers: NriHandlers = {
  synchronize({ pods }) {
    for (const { id } of pods) assert.equal(typeof id, "string");
  },
};

for (const { what, lies, trouble, reason, register } of rows) {
  socketTest(`a runtime that sends ${what}: ${trouble}`, async (directory) => {
    const path = join(directory, "nri.sock");
    const first = await RawRuntime.of(path, register);
    const options = { name: "tested", index: "10", connection: connect(path), maxStateBytes: 1_000_000 };
    const plugin = rejection(
      startPlugin(handlers, { ...options, timeoutMs: what === "silence" ? 200 : 20_000 }),
    );
    await using runtime = await first();
    await Promise.resolve(lies(runtime)).catch(() => {});
    const error = await plugin;
    assert.ok(error instanceof NriError, String(error));
    assert.equal(error.trouble, trouble, error.message);
    assert.match(error.message, /^Cannot run plugin "10-tested": [A-Z_]+ \(.*\)$/);
    assert.match(error.reason, reason);
  });
}
