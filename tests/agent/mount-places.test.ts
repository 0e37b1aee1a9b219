import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AgentService } from "../../ffi/agent/generated/agent_pb.ts";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import { TtrpcError } from "../../ffi/ttrpc/ttrpc-error.ts";
import { FormatError } from "../../mod.ts";
import { inGuest, playedTest, type SpecInit, specOf } from "../support/agent/played/played-test.ts";
import { sandboxTest } from "../support/agent/sandbox-place.ts";
import { rejection } from "../support/errors.ts";

// Mounts on /dev and /proc: where the agent makes its devices, and what it cannot start without.

for (const destination of ["/dev", "/dev/", "//dev", "/./dev"])
  sandboxTest(
    `two containers have one bind on ${destination}: the agent makes nothing in it`,
    async (place) => {
      const source = join(place.directory, "devices");
      mkdirSync(source);
      const mounts = [{ destination, type: "bind", source, options: ["rbind"] }];
      await using sandbox = await GuestSandbox.create(place.agent, place.share, { id: "s1" });
      for (const id of ["c1", "c2"]) {
        const { container, config } = place.bundle(id, "true", { mounts });
        assert.equal(await (await sandbox.start(container, config)).exited, 0);
      }
    },
  );

sandboxTest(
  "a tmpfs on /proc is refused before the agent hangs, and the next container starts",
  async (place) => {
    await using sandbox = await GuestSandbox.create(place.agent, place.share, {
      id: "s1",
      timeoutMs: 20_000,
    });
    const mounts = [{ destination: "/proc/", type: "tmpfs", source: "tmpfs" }];
    const bad = place.bundle("c1", "true", { mounts });
    const error = await rejection(sandbox.start(bad.container, bad.config));
    assert.ok(error instanceof FormatError, String(error));
    assert.deepEqual([error.path, error.code], ["mounts[0].destination", "not-proc"]);
    assert.deepEqual(await place.share.list(), []);
    const proc = { destination: "/proc", type: "bind", source: "/proc", options: ["rbind"] };
    const { container, config } = place.bundle("c2", "true", { mounts: [proc] });
    assert.equal(await (await sandbox.start(container, config)).exited, 0);
  },
);

const { method } = AgentService;

for (const [what, mount, answer] of [
  ["a bind of the guest's proc", { destination: "/proc", type: "bind", source: "/proc" }, "started"],
  [
    "a bind of no type",
    { destination: "/proc", type: "none", source: "/proc", options: ["rbind"] },
    "started",
  ],
  ["a tmpfs on /proc", { destination: "/proc", type: "tmpfs", source: "tmpfs" }, "DEADLINE_EXCEEDED"],
  [
    "a bind of a directory",
    { destination: "/proc", type: "bind", source: inGuest },
    "INTERNAL cannot be mounted to /proc because it is not of type proc",
  ],
  [
    "a bind in /proc",
    { destination: "/proc/x", type: "bind", source: inGuest },
    "INTERNAL cannot be mounted because it is inside /proc",
  ],
] as const)
  playedTest(`the agent's answer to ${what} is its own: ${answer}`, async ({ client, exported }) => {
    mkdirSync(join(exported, "c1/rootfs"), { recursive: true });
    const shared = { driver: "virtio-fs", source: "kataShared", fstype: "virtiofs", mountPoint: inGuest };
    await client.invoke(method.createSandbox, { sandboxId: "s1", storages: [shared] });
    const { mounts = [], ...spec } = specOf(`${inGuest}/c1/rootfs`, ["sh"]);
    const options = "options" in mount ? [...mount.options] : [];
    const oci: SpecInit = { ...spec, mounts: [...mounts, { ...mount, options }] };
    const start = async () => {
      await client.invoke(method.createContainer, { containerId: "c1", oci });
      await client.invoke(method.startContainer, { containerId: "c1" }, { timeoutMs: 300 });
      return "started";
    };
    const seen = await start().catch((error) => {
      assert.ok(error instanceof TtrpcError, String(error));
      return error.code === "INTERNAL" ? `${error.code} ${error.reason}` : error.code;
    });
    const [code = "", ...words] = answer.split(" ");
    assert.ok(seen.startsWith(code) && seen.includes(words.join(" ")), seen);
  });
