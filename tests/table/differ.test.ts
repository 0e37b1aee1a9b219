import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSync, type Plan } from "../../mod.ts";
import { differ, type MountEntry, type MountTable, predict, readMountinfo } from "../../table/mod.ts";

const core = loadSync();
const sandbox = { id: "s1", hostDir: "/run/s" };
const directory = "/run/s/s1";
const hosts = `${directory}/mounts/c1-0011223344556677-hosts`;

const host = readMountinfo(
  "1 0 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n2 1 0:9 / /data rw,relatime shared:2 - tmpfs t rw\n",
).mounts;
const prepare = core.plan({ op: "prepare", sandbox });
const share = shareOf("/etc/hosts", ["ro"]);
const plans = [prepare, share];
const whole = predict(host, plans).mounts;

function shareOf(source: string, options: string[]): Plan {
  const mount = { source, destination: source, options };
  const request = { op: "shareFile", sandbox, container: { id: "c1" }, mount } as const;
  return core.plan({ ...request, random: "0011223344556677" });
}

function withChanged(target: string, change: Partial<MountEntry>): MountTable {
  return whole.map((mount) => (mount.target === target ? { ...mount, ...change } : mount));
}

function said(table: MountTable): string[] {
  return differ(table, plans).map(({ kind, target, aspects, step }) =>
    [
      kind,
      target.slice(directory.length + 1),
      ...(aspects ?? []),
      step ? `${step.plan}.${step.step}` : "-",
    ].join(" "),
  );
}

test("what was done as planned differs in nothing, whatever numbers the kernel gives", () => {
  assert.deepEqual(said(whole), []);
  const renumbered = whole.map((mount) => ({
    ...mount,
    id: mount.id + 100,
    parent: mount.parent === 0 ? 0 : mount.parent + 100,
    peerGroup: mount.peerGroup && mount.peerGroup + 50,
    master: mount.master && mount.master + 50,
    device: mount.device.replace("+1", "0:77"),
  }));
  assert.deepEqual(said(renumbered), []);
});

test("before anything is done, all is missing, each with the step that makes it", () => {
  assert.deepEqual(said(host), [
    "missing  0.2",
    "missing mounts 0.5",
    "missing mounts/c1-0011223344556677-hosts 1.0",
    "missing shared 0.6",
    "missing shared/c1-0011223344556677-hosts 0.6",
  ]);
});

test("a mount that no plan makes is surplus", () => {
  const hub = whole.find(({ target }) => target === `${directory}/mounts`)?.id as number;
  const stranger = { ...(host[1] as MountEntry), id: 99, parent: hub, target: `${directory}/mounts/x` };
  assert.deepEqual(said([...whole, stranger]), ["surplus mounts/x -"]);
});

for (const [what, target, change, expected] of [
  ["a share that became writable", hosts, { attributes: [] }, "attributes 1.0"],
  ["a share of another file", hosts, { root: "/etc/shadow" }, "source 1.0"],
  ["a share of another filesystem", hosts, { device: "0:9" }, "source 1.0"],
  ["a guard that can be bound", directory, { isUnbindable: false }, "propagation 0.2"],
  ["a guard that is shared", directory, { peerGroup: 77 }, "propagation 0.2"],
  ["a view that follows nothing", `${directory}/shared`, { master: 0 }, "propagation 0.6"],
  ["a view that follows something else", `${directory}/shared`, { master: 2 }, "propagation 0.6"],
  ["a hub of somebody else's", `${directory}/mounts`, { source: "tmpfs" }, "source 0.5"],
] as const) {
  test(`changed is ${what}`, () => {
    const name = target.slice(directory.length + 1);
    assert.deepEqual(said(withChanged(target, change)), [`changed ${name} ${expected}`]);
  });
}

test("a hub that is private is changed, and so is the view that does not follow it", () => {
  assert.deepEqual(said(withChanged(`${directory}/mounts`, { peerGroup: 0 })), [
    "changed mounts propagation 0.5",
    "changed shared propagation 0.6",
  ]);
});
