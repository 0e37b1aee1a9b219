import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import type { RuntimeAgent } from "../../ffi/agent/sandbox/runtime-agent.ts";
import { GuestSandboxError } from "../../ffi/agent/sandbox/sandbox-error.ts";
import { ociMessage } from "../../ffi/agent/spec/oci-message.ts";
import { TtrpcAgent } from "../../ffi/agent/ttrpc-agent.ts";
import type { FilesystemShare, FilesystemShareOptions, Sandbox } from "../../ffi/mod.ts";
import { connectTtrpc } from "../../ffi/ttrpc/connect.ts";
import { PlayedAgent } from "../support/agent/played/played-agent.ts";
import { ScratchMachine } from "../support/agent/played/scratch-machine.ts";
import { type Bundle, bundleIn } from "../support/agent/sandbox-place.ts";
import { rejection } from "../support/errors.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { treeOf } from "../support/state.ts";

// The played agent deletes what the real one deletes, through the view, as a guest would: here are real mounts under it.

const id = "s1";

interface Place {
  readonly scratch: Scratch;
  readonly played: PlayedAgent;
  /** What a process of the host has: a share and a connection of its own. */
  come(options?: FilesystemShareOptions): Promise<Come>;
  /** The host's files of a volume, and what is in them. */
  host(): readonly string[];
  /** A bundle that mounts the volume, writable unless said otherwise. */
  bundle(container: string, script: string, options?: readonly string[]): Bundle;
}

interface Come extends AsyncDisposable {
  readonly share: FilesystemShare;
  readonly agent: TtrpcAgent;
}

function placeTest(
  name: string,
  body: (place: Place) => Promise<void>,
  sandbox: Partial<Sandbox> = {},
): void {
  mountTest(name, async (scratch) => {
    const volume = scratch.directory("volume");
    scratch.file("volume/a", "one");
    scratch.file("volume/below/b", "two");
    const machine = new ScratchMachine(scratch.directory("guest"), scratch.inSandbox("shared"));
    await using played = await PlayedAgent.start(join(scratch.path, "agent.sock"), machine);
    const come = async (options: FilesystemShareOptions = {}): Promise<Come> => {
      const agent = new TtrpcAgent(await connectTtrpc(played.address, { callTimeoutMs: 5000 }));
      const share = scratch.share(sandbox, { ...options, ...(sandbox.sharedFs === "none" && { agent }) });
      return { agent, share, [Symbol.asyncDispose]: () => agent.close() };
    };
    const host = () => [
      ...treeOf(volume),
      ...["a", "below/b"].map((one) =>
        existsSync(join(volume, one)) ? readFileSync(join(volume, one), "utf8") : "gone",
      ),
    ];
    const bundle = (container: string, script: string, options: readonly string[] = ["rbind"]) =>
      bundleIn(scratch.path, container, script, {
        mounts: [{ destination: "/data", type: "bind", source: volume, options }],
      });
    await body({ scratch, played, come, host, bundle });
    assert.deepEqual(
      mountsBelow(scratch.hostDir).map(({ point }) => point),
      [],
      "nothing is mounted",
    );
  });
}

async function refusal(call: Promise<unknown>): Promise<readonly [trouble: string, shares: number]> {
  const error = await rejection(call);
  assert.ok(error instanceof GuestSandboxError, String(error));
  return [error.trouble, error.subjects.length];
}

placeTest(
  "the played agent deletes the host's files as the real one does, where nobody guards it",
  async (place) => {
    await using here = await place.come();
    const sandbox = await GuestSandbox.create(here.agent, here.share, { id });
    const { container, config } = place.bundle("c1", "exit 0");
    await sandbox.start(container, config);
    const before = place.host();
    assert.ok(before.includes("one"));
    await assert.rejects(here.agent.createSandbox({ sandboxId: id }), /has a sandbox already/);
    assert.deepEqual(place.host().slice(-2), ["gone", "gone"]);
    await sandbox.destroy();
  },
);

placeTest(
  "a container whose id leads the agent to the shares is not started",
  async (place) => {
    const before = place.host();
    await using here = await place.come();
    await using sandbox = await GuestSandbox.create(here.agent, here.share, { id });
    const other = place.bundle("c1", "sleep 600");
    await sandbox.start(other.container, other.config);
    const { container, config } = place.bundle("shared", "true");
    assert.deepEqual(await refusal(sandbox.start(container, config)), ["reserved-id", 1]);
    assert.deepEqual(place.host(), before);
    // What would become of it.
    const plan = await here.share.shareContainer(container);
    await here.agent.createContainer({
      containerId: "shared",
      execId: "shared",
      ...ociMessage(config, plan),
    });
    await here.agent.removeContainer({ containerId: "shared" });
    assert.deepEqual(place.host().slice(-2), ["gone", "gone"]);
  },
  { guestDir: "/run/kata-containers/shared/containers" },
);

placeTest("a container with a writable share comes and goes, and the host's files stay", async (place) => {
  const before = place.host();
  await using here = await place.come();
  {
    await using sandbox = await GuestSandbox.create(here.agent, here.share, { id });
    for (const round of [1, 2]) {
      const { container, config } = place.bundle("c1", `exit ${round}`);
      const process = await sandbox.start(container, config);
      assert.equal(await process.exited, round);
      await sandbox.remove(container);
      assert.deepEqual(await here.share.list(), []);
      assert.deepEqual(place.host(), before);
    }
    const { container, config } = place.bundle("c2", "sleep 600");
    await sandbox.start(container, config);
  }
  assert.deepEqual(place.host(), before);
});

placeTest("creating a sandbox twice is refused before the agent is asked", async (place) => {
  const before = place.host();
  await using here = await place.come();
  await using sandbox = await GuestSandbox.create(here.agent, here.share, { id });
  const { container, config } = place.bundle("c1", "sleep 600");
  await sandbox.start(container, config);
  assert.deepEqual(await refusal(GuestSandbox.create(here.agent, here.share, { id })), [
    "writable-shares",
    2,
  ]);
  assert.deepEqual(place.host(), before);
});

placeTest("of two processes that create at once, the slower one deletes nothing", async (place) => {
  const before = place.host();
  await using here = await place.come();
  await using there = await place.come();
  let late = () => {};
  const isLate = new Promise<void>((resolve) => {
    late = resolve;
  });
  // It looks at everything before the other one begins, and goes on when that one has a container.
  const slow: RuntimeAgent = Object.assign(Object.create(there.agent), {
    getVolumeStats: async (...args: Parameters<RuntimeAgent["getVolumeStats"]>) => {
      const error = await rejection(there.agent.getVolumeStats(...args));
      await isLate;
      throw error;
    },
  });
  const second = refusal(GuestSandbox.create(slow, there.share, { id }));
  await using sandbox = await GuestSandbox.create(here.agent, here.share, { id });
  const { container, config } = place.bundle("c1", "sleep 600");
  await sandbox.start(container, config);
  late();
  assert.deepEqual(await second, ["writable-shares", 2]);
  await sandbox.remove(container);
  assert.deepEqual(await refusal(GuestSandbox.create(there.agent, there.share, { id })), [
    "sandbox-exists",
    0,
  ]);
  assert.deepEqual(place.host(), before);
});

placeTest(
  "a sandbox with a disk, which is no share, is not created again",
  async (place) => {
    await using here = await place.come();
    await using sandbox = await GuestSandbox.create(here.agent, here.share, { id });
    const { config } = place.bundle("c1", "sleep 600");
    const container = { id: "c1", rootfsSuffix: "", fstype: "ext4", blockDrive: { scsiAddr: "0:1" } };
    await sandbox.start(container, config);
    await using again = await place.come();
    assert.deepEqual(await again.share.list(), []);
    assert.deepEqual(await refusal(GuestSandbox.create(again.agent, again.share, { id })), [
      "sandbox-exists",
      0,
    ]);
  },
  { sharedFs: "none" },
);

placeTest(
  "a process that was killed comes back: it cannot create, but attach, and removes what is left",
  async (place) => {
    const before = place.host();
    const { container, config } = place.bundle("c1", "sleep 600");
    {
      await using here = await place.come();
      const sandbox = await GuestSandbox.create(here.agent, here.share, { id });
      await sandbox.start(container, config);
      // All that it knew is gone, and its connection ends.
    }
    await using again = await place.come();
    assert.deepEqual(await refusal(GuestSandbox.create(again.agent, again.share, { id })), [
      "writable-shares",
      2,
    ]);
    assert.deepEqual(place.host(), before);
    const sandbox = await GuestSandbox.attach(again.agent, again.share, { id });
    assert.deepEqual(await refusal(sandbox.start(container, config)), ["container-exists", 1]);
    const { exited } = sandbox.running(container);
    await sandbox.remove(container);
    assert.equal(await exited, 137);
    assert.deepEqual(await again.share.list(), []);
    const other = place.bundle("c2", "exit 4");
    assert.equal(await (await sandbox.start(other.container, other.config)).exited, 4);
    await sandbox.destroy();
    assert.deepEqual(place.host(), before);
  },
);

placeTest(
  "a writable share that is there before the sandbox is refused; a read-only one is not",
  async (place) => {
    const before = place.host();
    await using here = await place.come();
    await here.share.prepare();
    const source = join(place.scratch.path, "volume");
    const writable = await here.share.shareFile({ id: "c0" }, { source, destination: "/data" });
    assert.deepEqual(await refusal(GuestSandbox.create(here.agent, here.share, { id })), [
      "writable-shares",
      1,
    ]);
    await writable?.unshare();
    await here.share.shareFile({ id: "c0" }, { source, destination: "/data", options: ["ro"] });
    await using _ = await GuestSandbox.create(here.agent, here.share, { id });
    // As if somebody else had mounted it: the deletion fails at a read-only share.
    await assert.rejects(here.agent.createSandbox({ sandboxId: id }));
    assert.deepEqual(place.host(), before);
  },
);

placeTest("a sandbox that is destroyed takes shares along that it did not make", async (place) => {
  const before = place.host();
  await using here = await place.come();
  const sandbox = await GuestSandbox.create(here.agent, here.share, { id });
  const { container, config } = place.bundle("c1", "sleep 600");
  await sandbox.start(container, config);
  const source = join(place.scratch.path, "volume");
  await here.share.shareFile({ id: "c9" }, { source, destination: "/data" });
  await sandbox.destroy();
  assert.deepEqual(place.host(), before);
  assert.equal(existsSync(place.scratch.inSandbox()), false);
});

placeTest("what fails while a container starts leaves nothing mounted for it", async (place) => {
  const before = place.host();
  await using here = await place.come();
  await using sandbox = await GuestSandbox.create(here.agent, here.share, { id });
  for (const process of [{ args: ["/none"], cwd: "/" }, { cwd: "/" }]) {
    const { container, config } = place.bundle("c1", "");
    await assert.rejects(sandbox.start(container, { ...config, process }));
    assert.deepEqual(await here.share.list(), []);
  }
  assert.deepEqual(place.host(), before);
});

placeTest(
  "without sharing, files are copied once the sandbox is there, and the container finds them",
  async (place) => {
    const before = place.host();
    await using here = await place.come();
    await using sandbox = await GuestSandbox.create(here.agent, here.share, { id });
    const { config } = place.bundle("c1", "exit 3");
    const mounts = [
      { destination: "/data", type: "bind", source: join(place.scratch.path, "volume"), options: ["rbind"] },
    ];
    const container = { id: "c1", rootfsSuffix: "", fstype: "ext4", blockDrive: { scsiAddr: "0:1" }, mounts };
    assert.equal(await (await sandbox.start(container, config)).exited, 3);
    const copies = readdirSync(join(place.scratch.path, "guest/run/kata-containers/shared/containers"));
    assert.ok(
      copies.some((name) => name.endsWith("-data")),
      String(copies),
    );
    assert.deepEqual(place.host(), before);
  },
  { sharedFs: "none", guestDir: "/run/kata-containers/shared/containers" },
);
