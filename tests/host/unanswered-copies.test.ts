import assert from "node:assert/strict";
import { type Agent, StepError } from "../../ffi/mod.ts";
import { rejection } from "../support/errors.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { mountTest } from "../support/scratch.ts";

/** An agent that takes everything. */
function taking(): { agent: Agent; sent: string[] } {
  const sent: string[] = [];
  const copyFile = async ({ path }: { path: string }) => {
    sent.push(path);
  };
  return { agent: { copyFile, close: async () => {}, [Symbol.asyncDispose]: async () => {} }, sent };
}

const places: readonly [what: string, name: string, source: (path: string) => string, asked: string][] = [
  ["a source", "fuse", (path) => `${path}/fuse/directory`, "fuse/directory"],
  ["a mounted source", "fuse", (path) => `${path}/fuse`, "fuse"],
  ["what is mounted below a source", "tree/below/fuse", (path) => `${path}/tree`, "tree/below/fuse"],
];

for (const [what, name, source, asked] of places) {
  mountTest(`a copy of ${what} that hangs is given up, and others go on`, async (scratch) => {
    const server = await Fuse.mount(scratch, name);
    server.hang();
    const { agent, sent } = taking();
    const options = { agent, sourceTimeoutMs: 300 };
    const share = scratch.share({ sharedFs: "none" }, options);
    const failing = rejection(
      share.shareFile({ id: "c1" }, { source: source(scratch.path), destination: "/x" }),
    );
    await share.shareFile({ id: "c2" }, { source: scratch.file("good"), destination: "/good" });
    assert.equal(sent.length, 1);
    const error = await failing;
    // A source that is looked at to plan its copy is told with the step.
    assert.ok(error instanceof StepError, String(error));
    assert.equal(error.code, "ETIMEDOUT");
    assert.ok(error.message.startsWith(`Cannot copy ${JSON.stringify(source(scratch.path))}`), error.message);
    assert.ok(
      error.message.includes(`the server of ${JSON.stringify(`${scratch.path}/${asked}`)} did not answer`),
    );
    assert.equal(sent.length, 1, "nothing of it was sent");
    await share.cleanup();
    await server.die();
  });
}

mountTest("a signal ends a copy that waits for its source", async (scratch) => {
  const server = await Fuse.mount(scratch, "fuse");
  server.hang();
  const { agent } = taking();
  const share = scratch.share({ sharedFs: "none" }, { agent, sourceTimeoutMs: 600_000 });
  const aborting = new AbortController();
  const mount = { source: `${server.path}/file`, destination: "/x" };
  const failing = rejection(share.shareFile({ id: "c1" }, mount, { signal: aborting.signal }));
  setTimeout(() => aborting.abort(), 30);
  const error = await failing;
  assert.ok(error === aborting.signal.reason, String(error));
  await share.cleanup();
  await server.die();
});

mountTest("a copy of what a server answers for arrives", async (scratch) => {
  const server = await Fuse.mount(scratch, "fuse");
  const { agent, sent } = taking();
  const share = scratch.share({ sharedFs: "none" }, { agent });
  // The kernel keeps none of the server's names.
  for (const [at, name] of ["", "/directory", "/file"].entries()) {
    const mount = { source: `${server.path}${name}`, destination: "/x" };
    await share.shareFile({ id: `c${at}` }, mount, { random: "0".repeat(16) });
  }
  const arrived = [0, 1, 2].map((at) => `/guest/c${at}-0000000000000000-x`);
  assert.deepEqual([...new Set(sent)], arrived);
  await share.cleanup();
  await server.die();
});
