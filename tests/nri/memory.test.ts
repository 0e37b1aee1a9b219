import assert from "node:assert/strict";
import { join } from "node:path";
import { measuredPlugin } from "../support/nri/measured-plugin.ts";
import { containerOf, eventOf, podOf, stateOf } from "../support/nri/messages.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { socketTest } from "../support/ttrpc/served.ts";

const MiB = 1024 * 1024;
// Deno keeps what it has read from a socket a second time.
const [most, mostOfOne] = ownRuntime === "deno" ? [4, 32 * MiB] : [3, 20 * MiB];

const start = (directory: string) =>
  PlayedRuntime.start(join(directory, "nri.sock"), { requestTimeoutMs: 60_000, perPart: 300 });

const fat = (text: string) => podOf("p", { annotations: { fat: text } });
const created = (pod: ReturnType<typeof podOf>, more: object = {}) =>
  eventOf("createContainer", pod, containerOf("c", "p", more));

for (const [what, request, error] of [
  ["escapes", created(fat("\u001b".repeat(3.9 * MiB))), undefined],
  ["bidirectional marks", created(fat("\u202ea".repeat((3.9 * MiB) / 4))), undefined],
  ["2,000 mounts", created(podOf("p"), { mounts: Array(2000).fill({}) }), undefined],
  ["30,000 empty mounts", created(podOf("p"), { mounts: Array(30_000).fill({}) }), /RESOURCE_EXHAUSTED/],
  ["500,000 empty variables", created(podOf("p"), { env: Array(500_000).fill("") }), /RESOURCE_EXHAUSTED/],
] as const) {
  socketTest(`memory does not grow with the number of messages of ${what}`, async (directory) => {
    await using runtime = await start(directory);
    const { child, growth } = await measuredPlugin(runtime, "nri-memory");
    const grown: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const outcome = await runtime.event("createContainer", request);
      if (error) assert.match(outcome.error ?? "", error);
      else assert.equal(outcome.error, undefined);
      grown.push(await growth());
    }
    await child.kill();
    const shown = grown.map((bytes) => (bytes / MiB).toFixed(1)).join(" ");
    // The first: the message, what it is decoded to, and what the runtime does to collect. Then what waits to be collected.
    assert.ok((grown[0] ?? 0) < mostOfOne && Math.max(...grown) < 64 * MiB, shown);
  });
}

socketTest(`a state of 10 MB takes less than ${most} times as much`, async (directory) => {
  await using runtime = await start(directory);
  const { child, growth } = await measuredPlugin(runtime, "nri-memory");
  const state = stateOf(1000, 8000);
  await runtime.setState(state);
  await runtime.restart();
  assert.equal(await child.line(), "synchronized");
  const grown = await growth();
  await child.kill();
  assert.ok(grown < most * state.length, `${grown} bytes for ${state.length}`);
});
