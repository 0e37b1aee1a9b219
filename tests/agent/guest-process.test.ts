import assert from "node:assert/strict";
import { GuestProcess } from "../../ffi/agent/sandbox/guest-process.ts";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import type { RuntimeAgent } from "../../ffi/agent/sandbox/runtime-agent.ts";
import { TtrpcAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { sandboxTest, textOf } from "../support/agent/sandbox-place.ts";
import { rejection } from "../support/errors.ts";

// The streams of a process while it, its container, or its reader goes away.

const options = { id: "s1", timeoutMs: 10_000 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The agent, with another answer to some calls. */
function but(agent: RuntimeAgent, changed: Partial<RuntimeAgent>): RuntimeAgent {
  return new Proxy(agent, {
    get(target, name: keyof RuntimeAgent) {
      return changed[name] ?? target[name].bind(target);
    },
  });
}

/** Reads a stream slowly; how many bytes came, and why no more. */
async function readSlowly(stream: ReadableStream<Uint8Array>, ms: number): Promise<[number, string]> {
  let bytes = 0;
  const slow = new WritableStream<Uint8Array>({
    write: async (chunk) => {
      bytes += chunk.length;
      await pause(ms);
    },
  });
  return stream.pipeTo(slow).then(
    () => [bytes, ""],
    (error) => [bytes, String(error)],
  );
}

const WRITTEN = 3_000_000;
const much = `head -c ${WRITTEN} /dev/zero; echo done >&2; sleep 600`;

sandboxTest("whoever reads while a container is removed gets all that it wrote", async (place) => {
  const { container, config } = place.bundle("c1", much);
  const sandbox = await GuestSandbox.create(place.agent, place.share, { ...options, timeoutMs: 10_000 });
  const process = await sandbox.start(container, config);
  const reading = readSlowly(process.stdout, 10);
  assert.equal(
    await process.stderr
      .getReader()
      .read()
      .then(({ value }) => value?.length),
    5,
  );
  await sandbox.remove(container);
  assert.deepEqual(await reading, [WRITTEN, ""]);
  assert.equal(await process.exited, 137);
  await sandbox.destroy();
});

sandboxTest("whoever reads another process of the container gets all, too", async (place) => {
  const { container, config } = place.bundle("c1", "sleep 600");
  const sandbox = await GuestSandbox.create(place.agent, place.share, { ...options, timeoutMs: 10_000 });
  const process = await sandbox.start(container, config);
  const more = await process.exec({ args: ["/bin/sh", "-c", much] });
  const reading = readSlowly(more.stdout, 10);
  await more.stderr.getReader().read();
  await sandbox.remove(container);
  assert.deepEqual(await reading, [WRITTEN, ""]);
  assert.equal(await more.exited, 137);
  await sandbox.destroy();
});

for (const [what, ms] of [
  ["too slowly", 100],
  ["never", undefined],
] as const) {
  sandboxTest(
    `output that is read ${what} while its container is removed does not end well`,
    async (place) => {
      const { container, config } = place.bundle("c1", much);
      // So long the end of a container waits for a reader.
      const sandbox = await GuestSandbox.create(place.agent, place.share, { ...options, timeoutMs: 1000 });
      const process = await sandbox.start(container, config);
      const reading = ms === undefined ? undefined : readSlowly(process.stdout, ms);
      await process.stderr.getReader().read();
      await sandbox.remove(container);
      const [bytes, failure] = await (reading ?? readSlowly(process.stdout, 0));
      assert.ok(bytes > 0 && bytes < WRITTEN, `${bytes} bytes`);
      assert.match(failure, /GuestSandboxError: Cannot read "c1" to its end: .*its container was removed/);
      assert.equal(await process.exited, 137);
      await sandbox.destroy();
    },
  );
}

sandboxTest("short output that nobody has read yet is there after its container", async (place) => {
  const { container, config } = place.bundle("c1", "echo hello; exit 3");
  const sandbox = await GuestSandbox.create(place.agent, place.share, options);
  const process = await sandbox.start(container, config);
  await sandbox.remove(container);
  assert.equal(await textOf(process.stderr), "");
  assert.match(await textOf(process.stdout), /^(hello\n)?$/);
  await sandbox.destroy();
});

sandboxTest("a process that is in use is given again, and is no second reader", async (place) => {
  const { container, config } = place.bundle("c1", "for i in 1 2 3 4 5 6; do echo $i; sleep 0.05; done");
  await using sandbox = await GuestSandbox.create(place.agent, place.share, options);
  const process = await sandbox.start(container, config);
  assert.equal(sandbox.running(container), process);
  const more = await process.exec({ args: ["/bin/cat"] });
  assert.equal(sandbox.running(container, { execId: more.id }), more);
  assert.equal(await textOf(process.stdout), "1\n2\n3\n4\n5\n6\n");
  await process.exited;
  assert.equal(sandbox.running(container), process);
});

sandboxTest("another runtime takes no output of a process that it only signals or removes", async (place) => {
  const { agent, share, played } = place;
  await using other = new TtrpcAgent(await connectTtrpc(played.address));
  const { container, config } = place.bundle(
    "c1",
    "trap 'echo caught' USR1; echo 1; while :; do sleep 0.05; done",
  );
  await using sandbox = await GuestSandbox.create(agent, share, options);
  const process = await sandbox.start(container, config);
  const reader = process.stdout.getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  assert.equal(await next(), "1\n");
  let reads = 0;
  const watched = but(other, {
    readStdout: async (...args) => {
      reads += 1;
      return other.readStdout(...args);
    },
  });
  const attached = await GuestSandbox.attach(watched, share, options);
  const seen = attached.running(container);
  assert.notEqual(seen.stdout, process.stdout);
  await seen.signal("SIGUSR1");
  assert.equal(await next(), "caught\n");
  await attached.remove(container);
  assert.equal(reads, 0);
  assert.equal(await next(), "");
  await assert.rejects(textOf(seen.stdout), /InvalidContainerId/);
  attached.detach();
});

sandboxTest("a chunk that waits does not keep the message that it came in", async ({ agent }) => {
  const message = new Uint8Array(1 << 20);
  let reads = 0;
  const readStdout = async () => {
    reads += 1;
    return { data: message.subarray(8, 9) } as never;
  };
  const waits = () => new Promise<never>(() => {});
  const hostile = but(agent, { readStdout, readStderr: waits, waitProcess: waits });
  const ids = { containerId: "c1", execId: "c1", isTerminal: false, timeoutMs: 10_000 };
  const place = { agent: hostile, ...ids, isElsewhere: false, exec: waits, forget: () => {} };
  const process = new GuestProcess(place);
  while (reads < 1000) await pause(10);
  await pause(300);
  assert.ok(reads < 5000, `${reads} chunks of a byte wait`);
  const { value } = await process.stdout.getReader().read();
  assert.deepEqual([value?.length, value?.buffer.byteLength], [1, 1]);
});

sandboxTest("input can be aborted while a write waits", async ({ agent, share, bundle }) => {
  // A call that is not answered before the program ends.
  const writeStdin: RuntimeAgent["writeStdin"] = async ({ containerId = "", execId = "" }, given) =>
    agent.waitProcess({ containerId, execId }, given) as never;
  const sandbox = await GuestSandbox.create(but(agent, { writeStdin }), share, options);
  const { container, config } = bundle("c1", "sleep 600");
  const writer = (await sandbox.start(container, config)).stdin.getWriter();
  writer.closed.catch(() => {});
  const writing = rejection(writer.write(new Uint8Array(10)));
  await pause(50);
  await writer.abort("stop");
  // And not by its deadline.
  assert.match(String(await writing), /CANCELLED \(its signal was aborted\)$/);
  await sandbox.destroy();
});

sandboxTest("a signal ends an exec that is not answered; what it started is killed", async (place) => {
  const { agent, share } = place;
  const started: string[] = [];
  // The agent starts it, and its answer does not come.
  const execProcess: RuntimeAgent["execProcess"] = async (request, given) => {
    await agent.execProcess(request);
    started.push(request.execId ?? "");
    await agent.waitProcess({ containerId: "c1", execId: "c1" }, given);
  };
  const sandbox = await GuestSandbox.create(but(agent, { execProcess }), share, {
    ...options,
    timeoutMs: 10_000,
  });
  const { container, config } = place.bundle("c1", "sleep 600");
  const process = await sandbox.start(container, config);
  const sleep = { args: ["/bin/sleep", "600"] };
  const late = await rejection(process.exec(sleep, { timeoutMs: 300 }));
  assert.match(String(late), /DEADLINE_EXCEEDED/);
  const aborted = await rejection(process.exec(sleep, { signal: AbortSignal.timeout(100) }));
  assert.match(String(aborted), /CANCELLED/);
  assert.equal(started.length, 2);
  for (const execId of started)
    await assert.rejects(agent.signalProcess({ containerId: "c1", execId, signal: 9 }), /InvalidExecId/);
  await assert.rejects(process.signal("SIGTERM", { signal: AbortSignal.abort() }), /CANCELLED/);
  await sandbox.destroy();
});

sandboxTest("50 MiB go through a process, there and back", async ({ agent, share, bundle }) => {
  await using sandbox = await GuestSandbox.create(agent, share, options);
  const { container, config } = bundle("c1", "cat");
  const process = await sandbox.start(container, config);
  const reading = readSlowly(process.stdout, 0);
  const writer = process.stdin.getWriter();
  for (let i = 0; i < 50; i++) await writer.write(new Uint8Array(1 << 20));
  await writer.close();
  assert.deepEqual(await reading, [50 << 20, ""]);
  assert.equal(await process.exited, 0);
});

sandboxTest(
  "a reader that reads nothing and cancels lets the program end",
  async ({ agent, share, bundle }) => {
    await using sandbox = await GuestSandbox.create(agent, share, options);
    const { container, config } = bundle("c1", `head -c ${WRITTEN} /dev/zero; exit 4`);
    const process = await sandbox.start(container, config);
    const reader = process.stdout.getReader();
    assert.equal(await Promise.race([process.exited, pause(200).then(() => "waits")]), "waits");
    await reader.cancel();
    assert.equal(await process.exited, 4);
  },
);

sandboxTest("a program that is killed while it is read ends its stream", async ({ agent, share, bundle }) => {
  await using sandbox = await GuestSandbox.create(agent, share, options);
  const { container, config } = bundle("c1", "echo first; exec yes");
  const process = await sandbox.start(container, config);
  const reading = readSlowly(process.stdout, 0);
  await pause(50);
  await process.signal("SIGKILL");
  assert.equal((await reading)[1], "");
  assert.equal(await process.exited, 137);
});
