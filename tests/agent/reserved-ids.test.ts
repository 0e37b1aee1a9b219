import assert from "node:assert/strict";
import { test } from "node:test";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import { reservedIds } from "../../ffi/agent/sandbox/reserved-ids.ts";
import { DirectoryShare } from "../support/agent/directory-share.ts";
import { sandboxTest } from "../support/agent/sandbox-place.ts";

const at = (mountPoint: string) =>
  reservedIds("s1", [
    { driver: "virtio-fs", driverOptions: [], source: "tag", fstype: "virtiofs", options: [], mountPoint },
  ] as never);

for (const [mountPoint, id] of [
  ["/run/kata-containers/mine/containers/", "mine"],
  ["/var/run/kata-containers/mine", "mine"],
  ["//run/./kata-containers/x/../mine", "mine"],
  ["/run/kata-containers/mine", "mine"],
] as const)
  test(`a share at ${mountPoint} keeps a container from its name`, () =>
    assert.equal(at(mountPoint).has(id), true));

test("a share elsewhere keeps no id", () => {
  for (const path of ["/run/kata-containers-of-mine/a", "/var/runner/kata-containers/a", "/srv/a"])
    assert.deepEqual([...at(path)], ["shared", "sandbox", "virtual-volumes", "image"]);
});

for (const mountPoint of [
  "/run/kata-containers",
  "/run/kata-containers/",
  "/var/run/kata-containers",
  "/run",
  "/",
])
  test(`a share at ${mountPoint} has no container`, () =>
    assert.throws(() => at(mountPoint), { trouble: "guest-dir", subjects: [mountPoint] }));

sandboxTest("after attach, a sandbox knows where its share is", async ({ agent, share, bundle }) => {
  const mine = new DirectoryShare(share.viewPath, {
    id: "s1",
    guestDir: "/var/run/kata-containers/mine/containers",
  });
  const sandbox = await GuestSandbox.attach(agent, mine, { id: "s1" });
  const { container, config } = bundle("mine", "true");
  await assert.rejects(sandbox.start(container, config), { trouble: "reserved-id" });
  assert.deepEqual(mine.done, [], "nothing is prepared");
});

sandboxTest("options of a wrong type are refused", async ({ agent, share }) => {
  for (const wrong of [
    { id: 5 },
    { id: "" },
    {},
    { id: "s1", hostname: 1 },
    { id: "s1", dns: "nameserver 1.1.1.1" },
    { id: "s1", dns: [1] },
    { id: "s1", timeoutMs: "5" },
    { id: "s1", timeoutMs: 0 },
    { id: "s1", signal: {} },
    { id: "s1", seccomp: "yes" },
    { id: "s1", sandboxPidns: 1 },
    { id: "s1", systemd: null },
  ])
    for (const make of [GuestSandbox.attach, GuestSandbox.create])
      await assert.rejects(make(agent, share, wrong as never), TypeError, JSON.stringify(wrong));
  assert.deepEqual(share.done, []);
});
