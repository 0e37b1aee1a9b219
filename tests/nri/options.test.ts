import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import test from "node:test";
import type { NriHandlers } from "../../ffi/nri/handlers.ts";
import { NriError } from "../../ffi/nri/nri-error.ts";
import { startPlugin } from "../../ffi/nri/plugin.ts";
import type { NriChange, NriPluginOptions } from "../../ffi/nri/plugin-options.ts";
import { rejection } from "../support/errors.ts";
import { eventOf, podOf } from "../support/nri/messages.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { socketTest, until } from "../support/ttrpc/served.ts";

const named = { name: "tested", index: "10" };
const nothing = () => {};

for (const [options, handlers, reason] of [
  [{ index: "10" }, {}, /^name has to be letters, digits.* not undefined/],
  [{ name: "a b", index: "10" }, {}, /name has to be .* not "a b"/],
  [{ name: "a/../b", index: "10" }, {}, /name has to be/],
  [{ name: "a\n", index: "10" }, {}, /name has to be .* not "a\\n"/],
  [{ name: "a", index: "1" }, {}, /index has to be two digits, as in "10", not "1"/],
  [{ name: "a", index: "١٢" }, {}, /index has to be two digits/],
  [{ ...named, sockets: "" }, {}, /there is no option "sockets"; perhaps "socket" is meant/],
  [{ ...named, socket: "nri.sock" }, {}, /its path has to be absolute/],
  [{ ...named, socket: `/${"a".repeat(200)}` }, {}, /path/],
  [{ ...named, socket: "/a\0b" }, {}, /path/],
  [
    { ...named, socket: "/a", connection: new PassThrough() },
    {},
    /socket and connection cannot both be given/,
  ],
  [{ ...named, timeoutMs: 0 }, {}, /timeoutMs has to be/],
  [{ ...named, maxStateBytes: "many" }, {}, /maxStateBytes has to be a number of bytes/],
  [{ ...named, leaveOut: ["id"] }, {}, /leaveOut has to be fields of pods and containers, not "id"/],
  [
    { ...named, lighten: { aboveBytes: 0, leaveOut: [] } },
    {},
    /aboveBytes has to be a number of bytes, not 0/,
  ],
  [{ ...named, lighten: { above: 1, leaveOut: [] } }, {}, /there is no option "above"; perhaps "aboveBytes"/],
  [
    { ...named, lighten: { aboveBytes: 1, leaveOut: ["podSandboxId"] } },
    {},
    /leaveOut has to be fields .*, not "podSandboxId"/,
  ],
  [{ ...named, failurePolicy: { fail: true } }, {}, /there is no option "fail"; perhaps "failRequest"/],
  [named, { runPod: nothing }, /there is no option "runPod"; perhaps "runPodSandbox" is meant/],
  [named, { runPodSandbox: true }, /the handler of runPodSandbox has to be a function/],
] as const) {
  test(`startPlugin() refuses ${JSON.stringify(options).slice(0, 60)} ${Object.keys(handlers)}`, async () => {
    const error = await rejection(startPlugin(handlers as NriHandlers, options as NriPluginOptions));
    assert.ok(error instanceof TypeError, String(error));
    assert.match(error.message, reason);
  });
}

socketTest(
  "a socket that is not there is waited for, and a runtime that comes is connected to",
  async (directory) => {
    const socket = join(directory, "nri.sock");
    const late = await rejection(startPlugin({}, { ...named, socket, timeoutMs: 150 }));
    assert.ok(late instanceof NriError);
    assert.deepEqual([late.trouble, late.code], ["connect", "ENOENT"]);
    const started = startPlugin({}, { ...named, socket });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await using _ = await PlayedRuntime.start(socket);
    await (await started).close();
  },
);

socketTest("what no wait would mend is said at once", async (directory) => {
  const file = join(directory, "file");
  writeFileSync(file, "");
  const error = await rejection(
    startPlugin({}, { ...named, socket: join(file, "nri.sock"), timeoutMs: 2 ** 31 - 1 }),
  );
  assert.ok(error instanceof NriError);
  assert.deepEqual([error.trouble, error.code], ["connect", "ENOTDIR"]);
});

socketTest("a signal ends a plugin at any time, and its socket with it", async (directory) => {
  const socket = join(directory, "nri.sock");
  const aborted = await rejection(startPlugin({}, { ...named, socket, signal: AbortSignal.abort() }));
  assert.equal((aborted as NriError).trouble, "aborted");
  let connections = 0;
  const silent = createServer((one) => {
    connections += 1;
    one
      .on("error", nothing)
      .on("close", () => (connections -= 1))
      .resume();
  });
  await new Promise<void>((resolve) => silent.listen(socket, resolve));
  const abort = new AbortController();
  const waiting = rejection(startPlugin({}, { ...named, socket, signal: abort.signal }));
  await until(() => connections === 1);
  abort.abort("enough");
  const error = (await waiting) as NriError;
  assert.deepEqual([error.trouble, error.code, error.cause], ["aborted", "ECANCELED", "enough"]);
  await until(() => connections === 0);
  await new Promise((resolve) => silent.close(resolve));
});

socketTest("a plugin that is closed leaves no connection, and updates fail then", async (directory) => {
  await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"));
  const changes: NriChange[] = [];
  const onChange = (change: NriChange) => void changes.push(change);
  const plugin = await startPlugin({}, { ...named, socket: runtime.socket, onChange });
  await plugin.close();
  await plugin.close();
  assert.equal((await plugin.ended).trouble, "aborted");
  await until(() => runtime.connections === 0);
  const error = await rejection(plugin.updateContainers([{ containerId: "c1" }]));
  assert.ok(error instanceof NriError && error.trouble === "closed", String(error));
  assert.deepEqual(
    changes.map(({ state }) => state),
    ["synchronized"],
  );
});

socketTest(
  "a plugin whose synchronize throws is said to have done so, and tries again",
  async (directory) => {
    await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"));
    let tries = 0;
    const handlers: NriHandlers = {
      synchronize() {
        tries += 1;
        if (tries < 3) throw new Error("not yet");
      },
    };
    await using plugin = await startPlugin(handlers, { ...named, socket: runtime.socket });
    assert.deepEqual([tries, plugin.runtime?.name], [3, "played"]);
    tries = -100;
    const failing = await rejection(
      startPlugin(handlers, { ...named, socket: runtime.socket, timeoutMs: 300 }),
    );
    assert.ok(failing instanceof NriError);
    assert.deepEqual([failing.trouble, failing.reason], ["handler", "synchronize has thrown: not yet"]);
  },
);

socketTest("two plugins of one name both hear of everything", async (directory) => {
  await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"));
  let heard = 0;
  const handlers = { runPodSandbox: () => void heard++ };
  await using _ = await startPlugin(handlers, { ...named, socket: runtime.socket });
  await using __ = await startPlugin(handlers, { ...named, socket: runtime.socket });
  await until(() => runtime.identities.length === 2);
  await runtime.event("runPodSandbox", eventOf("runPodSandbox", podOf("p1")));
  assert.equal(heard, 2);
});
