import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AgentService } from "../../ffi/agent/generated/agent_pb.ts";
import type { TtrpcClient } from "../../ffi/ttrpc/client.ts";
import { TtrpcError } from "../../ffi/ttrpc/ttrpc-error.ts";
import {
  inGuest,
  type PlayedPlace,
  playedTest,
  type SpecInit,
  specOf,
} from "../support/agent/played/played-test.ts";
import { rejection } from "../support/errors.ts";

const { method } = AgentService;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const rootfs = `${inGuest}/c1/rootfs`;
const shared = { driver: "virtio-fs", source: "kataShared", fstype: "virtiofs", mountPoint: inGuest };

/** A sandbox, in which a container has a root. */
async function sandboxIn({ client, exported }: PlayedPlace): Promise<void> {
  mkdirSync(join(exported, "c1/rootfs"), { recursive: true });
  await client.invoke(method.createSandbox, { sandboxId: "s1", storages: [shared] });
}

async function start(client: TtrpcClient, oci: SpecInit): Promise<void> {
  await client.invoke(method.createContainer, { containerId: "c1", execId: "c1", oci });
  await client.invoke(method.startContainer, { containerId: "c1" });
}

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await rejection(call);
  assert.ok(error instanceof TtrpcError, String(error));
  return `${error.code} ${error.reason.replace(/ *Stack backtrace:.*/s, "")}`;
}

/** All that a process prints on one of its outputs. */
async function output(client: TtrpcClient, name: "readStdout" | "readStderr", execId = ""): Promise<string> {
  let all = "";
  for (;;) {
    const { data } = await client.invoke(method[name], { containerId: "c1", execId, len: 3 });
    if (data.length === 0) return all;
    all += text(data);
  }
}

playedTest("a container runs: its streams, its status, and what is lost after it", async (place) => {
  const { client } = place;
  await sandboxIn(place);
  await start(client, specOf(rootfs, ["sh", "-c", "read word; echo $word; echo oh >&2; exit 7"]));
  await client.invoke(method.writeStdin, { containerId: "c1", data: new TextEncoder().encode("hello\n") });
  assert.deepEqual(
    [await output(client, "readStdout"), await output(client, "readStderr")],
    ["hello\n", "oh\n"],
  );
  assert.equal((await client.invoke(method.waitProcess, { containerId: "c1" })).status, 7);
  const late = { containerId: "c1", execId: "c1", len: 1 };
  assert.equal(await refusal(client.invoke(method.readStdout, late)), "NOT_FOUND InvalidExecId");
  assert.equal(
    await refusal(client.invoke(method.waitProcess, { containerId: "c1" })),
    "NOT_FOUND InitProcessNotFound",
  );
  await client.invoke(method.removeContainer, { containerId: "c1" });
  assert.equal(
    await refusal(client.invoke(method.removeContainer, { containerId: "c1" })),
    "INTERNAL Invalid container id",
  );
});

playedTest("a signal ends a program, or all of a container", async (place) => {
  const { client } = place;
  await sandboxIn(place);
  await start(client, specOf(rootfs, ["sleep", "1000"]));
  const process = { args: ["sh", "-c", "trap 'exit 3' TERM; echo; while :; do sleep 0.05; done"] };
  await client.invoke(method.execProcess, { containerId: "c1", execId: "e1", process });
  await client.invoke(method.readStdout, { containerId: "c1", execId: "e1", len: 1 });
  await client.invoke(method.signalProcess, { containerId: "c1", execId: "e1", signal: 15 });
  assert.equal((await client.invoke(method.waitProcess, { containerId: "c1", execId: "e1" })).status, 3);
  await client.invoke(method.signalProcess, { containerId: "c1", signal: 9 });
  assert.equal((await client.invoke(method.waitProcess, { containerId: "c1" })).status, 137);
});

playedTest("a container whose first program has ended starts no other one", async (place) => {
  const { client } = place;
  await sandboxIn(place);
  await start(client, specOf(rootfs, ["true"]));
  assert.equal((await client.invoke(method.waitProcess, { containerId: "c1" })).status, 0);
  const more = { containerId: "c1", execId: "e1", process: { args: ["true"] } };
  assert.equal(
    await refusal(client.invoke(method.execProcess, more)),
    "INTERNAL failed to fork temporary process: ENOMEM",
  );
});

playedTest("what the agent insists on is refused without it", async (place) => {
  const { client } = place;
  await sandboxIn(place);
  const create = (oci?: SpecInit, containerId = "c1") =>
    refusal(client.invoke(method.createContainer, { containerId, ...(oci && { oci }) }));
  const good = specOf(rootfs, ["sh"]);
  const mounts = good.mounts ?? [];
  assert.equal(await create(), "INTERNAL EINVAL: Invalid argument");
  assert.equal(await create(good, "c"), "INTERNAL invalid container ID c");
  const bare = { ...good, process: { args: ["sh"] } };
  assert.equal(await create(bare), "INTERNAL missing process capabilities");
  assert.equal(await create(specOf(rootfs, ["/bin/none"])), "INTERNAL the file /bin/none was not found");
  assert.match(await create(specOf("/nowhere", ["sh"])), /^INTERNAL failed to mount \/nowhere to .* ENOENT/);
  const named = { ...good, hostname: "h", linux: { namespaces: [] } };
  assert.equal(await create(named), "INTERNAL hostname Caused by:     Linux namespace does not contain uts");
  const zero = { destination: "/dev/zero", source: "/dev/zero", type: "bind" };
  assert.match(await create({ ...good, mounts: [...mounts, zero] }), /^INTERNAL Creating container device/);
  const bind = { destination: "/x", source: `${inGuest}/none`, type: "bind" };
  assert.equal(
    await create({ ...good, mounts: [...mounts, bind] }),
    "INTERNAL No such file or directory (os error 2)",
  );
});

playedTest(
  "a container without /proc hangs at its start, and so does all that comes later",
  async (place) => {
    const { client } = place;
    await sandboxIn(place);
    const oci = specOf(rootfs, ["sh"], { mounts: [{ destination: "/dev", type: "tmpfs" }] });
    await client.invoke(method.createContainer, { containerId: "c1", oci });
    const late = { timeoutMs: 200 };
    assert.match(
      await refusal(client.invoke(method.startContainer, { containerId: "c1" }, late)),
      /^DEADLINE_EXCEEDED/,
    );
    assert.match(
      await refusal(client.invoke(method.createContainer, { containerId: "c2", oci }, late)),
      /^DEADLINE_EXCEEDED/,
    );
  },
);

playedTest("a second sandbox deletes what the first one shares, and is refused", async (place) => {
  const { client, exported } = place;
  writeFileSync(join(exported, "before"), "");
  await client.invoke(method.createSandbox, { sandboxId: "s1", storages: [shared] });
  assert.deepEqual(readdirSync(exported), ["before"]);
  assert.match(
    await refusal(client.invoke(method.createSandbox, { sandboxId: "s1" })),
    /^INTERNAL setup persistent IPC namespace/,
  );
  assert.deepEqual(readdirSync(exported), []);
});

playedTest("storages of one mount point are mounted once, until nobody has them", async (place) => {
  const { client, machine, exported } = place;
  await sandboxIn(place);
  mkdirSync(join(exported, "c2/rootfs"), { recursive: true });
  const storages = ["/a", "/b"].map((mountPoint) => ({ driver: "blk", source: "02/03", mountPoint }));
  for (const containerId of ["c1", "c2"]) {
    const oci = specOf(`${inGuest}/${containerId}/rootfs`, ["sh"]);
    await client.invoke(method.createContainer, { containerId, oci, storages });
  }
  await client.invoke(method.removeContainer, { containerId: "c1" });
  assert.deepEqual([...machine.mounted.keys()], [inGuest, "/a", "/b"]);
  await client.invoke(method.removeContainer, { containerId: "c2" });
  assert.deepEqual([...machine.mounted.keys()], [inGuest]);
  assert.ok(existsSync(join(exported, "c2/rootfs")));
});
