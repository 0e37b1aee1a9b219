import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { connectAgent, connectTtrpc, Health, TtrpcAgent, TtrpcClient } from "../../ffi/agent/mod.ts";
import { EmbeddedGuest, FilesystemShare, Nydusd, nydusdArguments } from "../../ffi/mod.ts";
import { TtrpcServer } from "../../ffi/ttrpc/mod.ts";
import { sandboxOf } from "../../input/sandbox.ts";
import { containerOf, rootFsOf, withAnnotations, withPodBundle } from "../../mod.ts";

// Names of options are judged in every object that a program gives: what would be ignored is refused before anything is done.

const share = new FilesystemShare({ id: "s1" });
const mount = { source: "/no", destination: "/x" };
const config = { root: { path: "rootfs" } };
const nobody = "unix:///run/no-such/agent.sock";
const file = {
  path: "/x",
  fileSize: 0,
  fileMode: 0,
  dirMode: 0,
  uid: 0,
  gid: 0,
  offset: 0,
  data: new Uint8Array(),
};
const start = { path: "/n", apiSocketPath: "/a", socketPath: "/s", sourcePath: "/c" };
const client = () =>
  new TtrpcClient(new Duplex({ read() {}, write: (_, __, done) => done() }), { timeoutMs: 50 });

type Call = (options: never) => unknown;

// What is called, a misspelt name, and what was meant.
const rows: readonly [what: string, wrong: string, nearest: string, call: Call][] = [
  [
    "new FilesystemShare()",
    "lockTimeout",
    "lockTimeoutMs",
    (options) => new FilesystemShare({ id: "s1" }, options),
  ],
  ["the option copy", "window_bytes", "windowBytes", (copy) => new FilesystemShare({ id: "s1" }, { copy })],
  ["cleanup()", "Force", "force", (options) => share.cleanup(options)],
  ["shareFile()", "rand", "random", (options) => share.shareFile({ id: "c1" }, mount, options)],
  ["shareContainer()", "signals", "signal", (options) => share.shareContainer({ id: "c1" }, options)],
  ["connectAgent()", "timeout", "timeoutMs", (options) => connectAgent(nobody, options)],
  ["connectTtrpc()", "callTimeout", "callTimeoutMs", (options) => connectTtrpc(nobody, options)],
  ["new TtrpcServer()", "maxCall", "maxCalls", (options) => new TtrpcServer(options)],
  ["TtrpcServer.shutdown()", "timeout", "timeoutMs", (options) => new TtrpcServer().shutdown(options)],
  ["new TtrpcClient()", "maxBytes", "maxWaitingBytes", (options) => new TtrpcClient(new Duplex(), options)],
  [
    "TtrpcClient.call()",
    "metaData",
    "metadata",
    (more: object) => client().call({ service: "s", method: "m", ...more }),
  ],
  [
    "TtrpcClient.invoke()",
    "timeout",
    "timeoutMs",
    (options) => client().invoke(Health.method.check, {}, options),
  ],
  [
    "TtrpcAgent.copyFile()",
    "timeout",
    "timeoutMs",
    (options) => new TtrpcAgent(client()).copyFile(file, options),
  ],
  ["TtrpcAgent.check()", "sig", "signal", (options) => new TtrpcAgent(client()).check(options)],
  ["TtrpcAgent.version()", "timeout", "timeoutMs", (options) => new TtrpcAgent(client()).version(options)],
  [
    "EmbeddedGuest.serve()",
    "version",
    "generation",
    (options) => EmbeddedGuest.serve("/no", "/no/s", options),
  ],
  ["new Nydusd()", "socket", "socketPath", (more: object) => new Nydusd({ socketPath: "/s", ...more })],
  ["nydusdArguments()", "extra", "extraArgs", (more: object) => nydusdArguments({ ...start, ...more })],
  ["containerOf()", "rootfs", "rootFs", (more: object) => containerOf(config, { id: "c1", ...more })],
  ["rootFsOf()", "targets", "target", (options) => rootFsOf([], options)],
  [
    "sandboxOf()",
    "rootless",
    "rootlessDir",
    (more: object) => sandboxOf("[runtime]\n", { id: "s1", ...more }),
  ],
  ["withPodBundle()", "sizeof", "sizeOf", (options) => withPodBundle({ id: "s1" }, config, options)],
  ["withAnnotations()", "allowed", "allow", (options) => withAnnotations({ id: "s1" }, {}, options)],
];
for (const [what, wrong, nearest, call] of rows) {
  test(`${what} refuses an option ${wrong}`, async () => {
    await assert.rejects(
      async () => call({ [wrong]: 1 } as never),
      (error: Error) => {
        assert.equal(error.name, "TypeError", String(error));
        const meant = nearest === "generation" ? "" : `perhaps "${nearest}" is meant; `;
        assert.ok(
          error.message.startsWith(`there is no option "${wrong}"; ${meant}known are "`),
          error.message,
        );
        assert.ok(error.message.includes(`"${nearest}"`), error.message);
        return true;
      },
    );
  });
}

test("a method that gives a promise rejects it, and throws nothing", async () => {
  const calls = [
    share.cleanup({ x: 1 } as never),
    share.shareFile({ id: "c1" }, mount, { x: 1 } as never),
    share.shareContainer({ id: "c1" }, { x: 1 } as never),
    connectAgent(nobody, { x: 1 } as never),
    client().call({ service: "s", method: "m", x: 1 } as never),
    new TtrpcAgent(client()).copyFile(file, { x: 1 } as never),
    new TtrpcAgent(client()).check({ x: 1 } as never),
  ];
  await Promise.all(calls.map((call) => assert.rejects(call, TypeError)));
});

test("options that are no object are told", () => {
  for (const options of [null, "x", 7]) {
    assert.throws(
      () => new FilesystemShare({ id: "s1" }, options as never),
      /options have to be an object, not/,
    );
    assert.throws(
      () => withPodBundle({ id: "s1" }, config, options as never),
      /options have to be an object, not/,
    );
  }
});

test("the wait for an answer to calls is told by its own name", async () => {
  await assert.rejects(connectAgent(nobody, { callTimeoutMs: 0 }), /^TypeError: callTimeoutMs has to be/);
  await assert.rejects(connectAgent(nobody, { timeoutMs: -1 }), /^TypeError: timeoutMs has to be/);
});
