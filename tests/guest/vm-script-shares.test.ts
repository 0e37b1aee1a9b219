import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type GuestMount, guestScript, openShares, type Shares } from "../../vm/mod.ts";
import type { Guest } from "./support/guest.ts";
import { guestTest } from "./support/guest-test.ts";

// The device of these tests' machines has a tag of its own.
async function mountsOf(shares: Shares): Promise<GuestMount[]> {
  const mounts = await shares.guestMounts();
  return mounts.map((mount) => (mount.kind === "view" ? { ...mount, source: "kataShared" } : mount));
}

async function refresh(guest: Guest, shares: Shares): Promise<string> {
  await guest.write("/tmp/script", guestScript(await mountsOf(shares)));
  return guest.run("busybox", "sh", "/tmp/script");
}

/** Tries again, as long as a guest's caches last. */
async function soon(guest: Guest, shares: Shares, check: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    assert.equal(await refresh(guest, shares), "");
    try {
      return await check();
    } catch (error) {
      if (tries === 8) throw error;
      await sleep(500);
    }
  }
}

const pointsOf = async (guest: Guest) =>
  (await guest.read("/proc/self/mounts"))
    .split("\n")
    .flatMap((line) => (line.startsWith("kataShared /") ? [line.split(" ")[1] as string] : []));

guestTest(
  "shares come into their places while a machine runs, and go, and are replaced",
  async ({ scratch, boot }) => {
    await using shares = await openShares({ id: "s1", directory: scratch.directory("open") });
    const { guest } = await boot({ exported: shares.directory });
    scratch.file("data/name", "data");
    const hosts = scratch.file("hosts", "hosts");
    const source = `${scratch.path}/data`;
    await shares.add({ source: hosts, target: "/etc/hosts", mode: "ro" });
    const data = await shares.add({ source, target: "/data", mode: "ro" });
    assert.equal(await refresh(guest, shares), "");
    assert.equal(await guest.read("/etc/hosts"), "hosts");
    await assert.rejects(guest.write("/etc/hosts", "x"), { code: "EROFS" });
    await assert.rejects(guest.write("/data/x", "x"), { code: "EROFS" });
    const before = await guest.read("/proc/self/mountinfo");
    assert.equal(await refresh(guest, shares), "");
    assert.equal(await guest.read("/proc/self/mountinfo"), before);

    // The same place has another mode, and then another kind.
    await data.remove();
    const writable = await shares.add({ source, target: "/data", mode: "rw" });
    await soon(guest, shares, () => guest.write("/data/x", "by the guest").then(() => {}));
    assert.equal(readFileSync(`${source}/x`, "utf8"), "by the guest");
    await writable.remove();
    await shares.add({ source: hosts, target: "/data", mode: "ro" });
    await soon(guest, shares, async () => assert.equal(await guest.read("/data"), "hosts"));
  },
);

guestTest(
  "what a program of the machine uses stays until it does not, and is named",
  async ({ scratch, boot }) => {
    await using shares = await openShares({ id: "s1", directory: scratch.directory("open") });
    const { guest } = await boot({ exported: shares.directory });
    const source = scratch.directory("data");
    const busy = await shares.add({ source, target: "/busy", mode: "rw" });
    assert.equal(await refresh(guest, shares), "");
    const holding = "(cd /busy && exec busybox sleep 600) >/dev/null 2>&1 & echo $! >/tmp/pid";
    await guest.run("busybox", "sh", "-c", holding);
    await busy.remove();
    await shares.add({ source, target: "/other", mode: "rw" });
    await assert.rejects(refresh(guest, shares), /guestshare: \/busy is in use, and stays until a later run/);
    assert.deepEqual(await pointsOf(guest), ["/run/guestshare", "/busy", "/other"]);
    await guest.run("busybox", "sh", "-c", "kill $(cat /tmp/pid)");
    await soon(guest, shares, async () =>
      assert.deepEqual(await pointsOf(guest), ["/run/guestshare", "/other"]),
    );
  },
);

guestTest("a hundred shares are mounted by one run, and go by another", async ({ scratch, boot }) => {
  await using shares = await openShares({ id: "s1", directory: scratch.directory("open") });
  const { guest } = await boot({ exported: shares.directory });
  const file = scratch.file("file", "shared");
  const added = [];
  for (let at = 0; at < 100; at++) {
    const mode = at % 3 === 0 ? "rw" : "ro";
    added.push(await shares.add({ source: file, target: `/m/${at % 10}/${at}`, mode }));
  }
  assert.equal(await refresh(guest, shares), "");
  assert.equal((await pointsOf(guest)).length, 101);
  assert.equal(await guest.read("/m/9/99"), "shared");
  for (const share of added.slice(0, 99)) await share.remove();
  assert.equal(await refresh(guest, shares), "");
  assert.deepEqual(await pointsOf(guest), ["/run/guestshare", "/m/9/99"]);
});
