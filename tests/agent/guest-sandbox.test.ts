import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { ProcessSchema } from "../../ffi/agent/generated/oci_pb.ts";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import type { RuntimeAgent } from "../../ffi/agent/sandbox/runtime-agent.ts";
import { GuestSandboxError } from "../../ffi/agent/sandbox/sandbox-error.ts";
import { TtrpcAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { FormatError } from "../../input/format-error.ts";
import { sandboxTest, textOf } from "../support/agent/sandbox-place.ts";
import { rejection } from "../support/errors.ts";

const id = "s1";

async function troubleOf(call: Promise<unknown>): Promise<string> {
  const error = await rejection(call);
  assert.ok(error instanceof GuestSandboxError, String(error));
  return error.trouble;
}

sandboxTest(
  "a container's program is started, read, and its end is told; then nothing is left",
  async (place) => {
    const { agent, share, machine, bundle } = place;
    const { container, config } = bundle("c1", 'read line; echo "$GREETING $line"; echo oh >&2; exit 7');
    {
      await using sandbox = await GuestSandbox.create(agent, share, { id });
      assert.deepEqual(
        [...machine.mounted.keys()],
        ["/run/kata-containers/shared/containers/", "/run/kata-containers/sandbox/shm"].filter((path) =>
          machine.mounted.has(path),
        ),
      );
      const process = await sandbox.start(container, config);
      assert.deepEqual(readdirSync(share.viewPath), ["c1"]);
      const writer = process.stdin.getWriter();
      await writer.write(new TextEncoder().encode("world\n"));
      await writer.close();
      assert.deepEqual(await Promise.all([textOf(process.stdout), textOf(process.stderr)]), [
        "hello world\n",
        "oh\n",
      ]);
      assert.equal(await process.exited, 7);
      await sandbox.remove(container);
      assert.deepEqual(share.done, ["prepare", "share c1", "unshare c1"]);
    }
    assert.equal(share.done.at(-1), "cleanup");
    assert.deepEqual(readdirSync(share.viewPath), []);
  },
);

sandboxTest("output that nobody reads does not keep a program from ending, if it is short", async (place) => {
  const { agent, share, bundle } = place;
  const { container, config } = bundle("c1", "echo one; echo two >&2; exit 3");
  await using sandbox = await GuestSandbox.create(agent, share, { id });
  const process = await sandbox.start(container, config);
  assert.equal(await process.exited, 3);
  assert.equal(await textOf(process.stdout), "one\n");
});

sandboxTest(
  "a program that writes much waits for its reader, and a canceled output is forgotten",
  async (place) => {
    const { agent, share, bundle } = place;
    const { container, config } = bundle("c1", "head -c 3000000 /dev/zero; echo done >&2");
    await using sandbox = await GuestSandbox.create(agent, share, { id });
    const process = await sandbox.start(container, config);
    const late = new Promise((resolve) => setTimeout(() => resolve("waits"), 300));
    assert.equal(await Promise.race([process.exited, late]), "waits");
    await process.stdout.cancel();
    assert.equal(await process.exited, 0);
    assert.equal(await textOf(process.stderr), "done\n");
  },
);

sandboxTest("another process in a container takes what it does not say from the first one", async (place) => {
  const { agent, share, bundle } = place;
  const { container, config } = bundle("c1", "sleep 600");
  await using sandbox = await GuestSandbox.create(agent, share, { id });
  const process = await sandbox.start(container, config);
  const more = await process.exec({ args: ["/bin/sh", "-c", 'echo "$GREETING"; exit 5'] });
  assert.equal(await textOf(more.stdout), "hello\n");
  assert.equal(await more.exited, 5);
  assert.match(more.id, /^exec-[0-9a-f]{16}$/);
  const made = create(ProcessSchema, { args: ["/bin/true"], cwd: "/" });
  assert.equal(await (await process.exec(made)).exited, 0, "a message is a process");
  for (const [wrong, path] of [
    [{ argv: ["true"] }, "process.argv"],
    [{ user: { UID: 5 } }, "process.user.UID"],
    [{ consoleSize: { rows: 5 } }, "process.consoleSize.rows"],
  ] as const) {
    const error = await rejection(process.exec({ args: ["true"], ...wrong } as never));
    assert.ok(error instanceof FormatError && error.code === "unknown-field", String(error));
    assert.equal(error.path, path);
  }
  await process.signal("SIGTERM");
  assert.equal(await process.exited, 137, "SIGKILL, because it does not handle SIGTERM");
  await assert.rejects(process.signal(15), /InvalidExecId|Invalid/);
  await assert.rejects(process.signal("SIGNOT" as never), /no signal "SIGNOT"/);
});

sandboxTest("a terminal has one output, and a size", async (place) => {
  const { agent, share, bundle } = place;
  const process = { args: ["/bin/sh", "-c", "echo out; echo err >&2; sleep 1"], cwd: "/", terminal: true };
  const { container, config } = bundle("c1", "", { process });
  await using sandbox = await GuestSandbox.create(agent, share, { id });
  const started = await sandbox.start(container, config);
  await started.resize({ rows: 24, columns: 80 });
  assert.deepEqual((await textOf(started.stdout)).split("\n").sort(), ["", "err", "out"]);
  assert.equal(await textOf(started.stderr), "");
  assert.equal(await started.exited, 0);
});

sandboxTest("one id is one container: a second start is refused before anything is shared", async (place) => {
  const { agent, share, bundle } = place;
  const { container, config } = bundle("c1", "sleep 600");
  await using sandbox = await GuestSandbox.create(agent, share, { id });
  const [first, second] = await Promise.allSettled([
    sandbox.start(container, config),
    sandbox.start(container, config),
  ]);
  assert.deepEqual([first.status, second.status], ["fulfilled", "rejected"]);
  assert.equal(await troubleOf(sandbox.start(container, config)), "container-exists");
  assert.equal(await troubleOf(sandbox.remove({ id: "c2" })), "no-container");
  assert.deepEqual(share.done, ["prepare", "share c1"]);
});

sandboxTest("a process that comes back attaches, and finds the containers it left", async (place) => {
  const { agent, share, bundle, played } = place;
  const { container, config } = bundle("c1", "read line; exit 4");
  const ended = new TtrpcAgent(await connectTtrpc(played.address));
  const left = await GuestSandbox.create(ended, share, { id });
  await left.start(container, config);
  left.detach();
  await ended.close();
  assert.equal(await troubleOf(left.start(bundle("c2", "true").container, config)), "over");
  await left.destroy();

  assert.equal(await troubleOf(GuestSandbox.create(agent, share, { id })), "writable-shares");
  const again = await GuestSandbox.attach(agent, share, { id });
  assert.equal(await troubleOf(again.start(container, config)), "container-exists");
  assert.deepEqual(readdirSync(share.viewPath), ["c1"], "it is still shared");
  const process = again.running(container);
  await process.stdin.getWriter().close();
  assert.equal(await process.exited, 4);
  await again.remove(container);
  assert.deepEqual(readdirSync(share.viewPath), []);
  const { container: other, config: its } = bundle("c2", "exit 6");
  assert.equal(await (await again.start(other, its)).exited, 6);
  await again.destroy();
  assert.equal(share.done.at(-1), "cleanup");
});

sandboxTest(
  "a bundle that the agent cannot take leaves nothing shared, and the next one starts",
  async (place) => {
    const { agent, share, bundle } = place;
    await using sandbox = await GuestSandbox.create(agent, share, { id });
    const wrong = bundle("c1", "true", { linux: { cgroupsPath: "a:b:c" } });
    await assert.rejects(sandbox.start(wrong.container, wrong.config), /linux\.cgroupsPath "a:b:c"/);
    const missing = bundle("c1", "", { process: { args: ["/none"], cwd: "/" } });
    await assert.rejects(sandbox.start(missing.container, missing.config), /the file \/none was not found/);
    assert.deepEqual(readdirSync(share.viewPath), []);
    const right = bundle("c1", "exit 2");
    assert.equal(await (await sandbox.start(right.container, right.config)).exited, 2);
  },
);

sandboxTest("an aborted start leaves nothing shared", async (place) => {
  const { agent, share, bundle } = place;
  await using sandbox = await GuestSandbox.create(agent, share, { id });
  const { container, config } = bundle("c1", "sleep 600");
  const none = sandbox.start(container, config, { signal: AbortSignal.abort() });
  await assert.rejects(none, /aborted/);
  assert.deepEqual(share.done, ["prepare"]);
  const abort = new AbortController();
  share.before = () => abort.abort();
  await assert.rejects(sandbox.start(container, config, { signal: abort.signal }), /aborted/);
  assert.deepEqual(share.done.slice(-2), ["share c1", "unshare c1"]);
});

sandboxTest(
  "seccomp that the agent does not have is told before anything is shared",
  async ({ agent, share }) => {
    assert.equal(await troubleOf(GuestSandbox.create(agent, share, { id, seccomp: true })), "no-seccomp");
  },
);

for (const [what, attributes, below, trouble] of [
  ["a read-only one", ["ro", "nosuid"], [["ro"]], "none"],
  ["a writable one", ["nosuid"], [], "writable-shares"],
  ["one with a writable mount below", ["ro"], [["ro"], []], "writable-shares"],
] as const) {
  sandboxTest(
    `of shares that are there before the sandbox, ${what} is told apart`,
    async ({ agent, share }) => {
      share.list = async () => [{ name: "x", attributes, below: below.map((one) => ({ attributes: one })) }];
      const creating = GuestSandbox.create(agent, share, { id });
      if (trouble === "none") await (await creating).destroy();
      else assert.equal(await troubleOf(creating), trouble);
    },
  );
}

for (const [what, sandboxPidns, namespaces, expected] of [
  ["its own", false, [], false],
  ["the sandbox's, by its bundle", false, [{ type: "pid", path: "/proc/1/ns/pid" }], true],
  ["the sandbox's, by the sandbox", true, [{ type: "pid" }], true],
] as const) {
  sandboxTest(`a container's PID namespace may be ${what}`, async ({ agent, share, bundle }) => {
    const asked: (boolean | undefined)[] = [];
    const watched = new Proxy<RuntimeAgent>(agent, {
      get(target, name: keyof RuntimeAgent) {
        if (name !== "createContainer") return target[name].bind(target);
        return (request: Parameters<RuntimeAgent["createContainer"]>[0]) => {
          asked.push(request.sandboxPidns);
          return target.createContainer(request);
        };
      },
    });
    await using sandbox = await GuestSandbox.create(watched, share, { id, sandboxPidns });
    const { container, config } = bundle("c1", "true", { linux: { namespaces } });
    await sandbox.start(container, config);
    assert.deepEqual(asked, [expected]);
  });
}
