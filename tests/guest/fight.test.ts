import assert from "node:assert/strict";
import { linkSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { mountsBelow } from "../support/mounts.ts";
import { digits } from "../support/sandbox/together.ts";
import { contested, shareAndUnshare } from "./support/contested.ts";
import { Fighter } from "./support/fighter.ts";
import type { Guest } from "./support/guest.ts";
import { guestTest, inGuest } from "./support/guest-test.ts";
import { Outside } from "./support/outside.ts";
import { hostTree } from "./support/tree.ts";

const FIGHT_MS = 8000;

/** Ends fighters that all did something. */
async function stop(fighters: readonly Fighter[]): Promise<void> {
  for (const fighter of fighters) assert.ok((await fighter.stop()) > 0, `it did nothing: ${fighter.what}`);
}

/** The names in a directory that was fought over: where a share goes, it may go in the middle of a round. */
function namesAfter(directory: string, planted: string): string[] {
  const names = readdirSync(directory).map((name) => name.replace(/\.away$/, ""));
  return names.filter((name) => name !== planted).sort();
}

guestTest(
  "a guest that fights with the view changes nothing of the host outside its shares",
  async (test) => {
    const { scratch, share, storages, boot } = test;
    const outside = new Outside(scratch);
    const { guest, agent } = await boot();
    await agent.add(storages);
    const own = contested(scratch, "own");
    const heldFile = `${scratch.path}/own/held-file`; // wherever it is moved
    linkSync(`${scratch.path}/own/data/held/file`, heldFile);
    const { rootPath: root, mounts } = await share.shareContainer(own);
    const [data = "", config = "", file = ""] = mounts.map(({ source }) => source);
    await guest.call("symlink", outside.path, `${data}/b`);
    const held = await guest.call<number>("hold", `${data}/held/file`, "write");
    const inItsShares = [
      await Fighter.start(guest, "swap", `${data}/a`, `${data}/b`),
      await Fighter.start(guest, "move", `${data}/moving`, `${root}/etc`, `${data}/held`),
      await Fighter.start(guest, "plant", outside.path, `${root}/c1`, `${data}/c1`, `${root}/proc`),
    ];
    const names = ["c1", "c1-root", "c2", ".users", "watchable", `sandbox-${digits(0)}-data`];
    const elsewhere = [
      await Fighter.start(guest, "plant", outside.path, ...names.map((name) => `${inGuest}/${name}`)),
      await Fighter.start(guest, "move", ...names.map((name) => `${inGuest}/${name}`)),
      await Fighter.start(guest, "scribble", `${config}/app.conf`, file),
    ];
    const containers = ["c1", "c2"].map((id) => contested(scratch, id));
    const tally = await shareAndUnshare(share, containers, FIGHT_MS);
    // What the guest does in its shares is of no concern to others, and elsewhere it can do nothing.
    assert.ok(tally.done > 100);
    assert.equal(tally.refused, 0);
    for (const fighter of elsewhere) assert.equal(await fighter.stop(), 0, fighter.what);

    await share.unshareContainer(own); // under its hands
    await share.cleanup();
    await sleep(1500); // for longer than the guest believes in a share that is gone
    await stop(inItsShares);
    await guest.call("writeHeld", String(held), "written after all"); // what was opened stays open
    assert.deepEqual(namesAfter(`${scratch.path}/own/data`, "c1"), ["a", "b", "held", "moving"]);
    assert.equal(readFileSync(heldFile, "utf8").slice(0, 17), "written after all");
    assert.equal(readFileSync(`${scratch.path}/own/config/app.conf`, "utf8"), "a = b\n");
    outside.assertUntouched();
  },
);

/** Has the guest plant links and move names wherever the host makes something in the hub. */
async function fightInHub(guest: Guest, hub: string, outside: string): Promise<Fighter[]> {
  const places = ["c1", "c1-root", "c2", "c2-root"].map((name) => `${hub}/${name}`);
  const roots = places.map((place) => `${place}/rootfs`);
  const shares = ["data", "config", "app.conf"].map((name, at) => `${hub}/sandbox-${digits(at)}-${name}`);
  const users = [`${hub}/.users`, ...shares.map((path) => `${hub}/.users/${path.slice(hub.length + 1)}`)];
  await guest.call("symlink", outside, `${hub}/evil`);
  await guest.call("mkdir", `${hub}/good`, "755");
  return [
    await Fighter.start(guest, "plant", outside, ...places),
    await Fighter.start(guest, "plant", "../../../outside", ...places, ...shares),
    await Fighter.start(guest, "plant", `${outside}/mount`, ...roots, ...shares),
    await Fighter.start(guest, "plant", outside, ...users, `${hub}/watchable`),
    await Fighter.start(guest, "move", ...places, ...users),
    await Fighter.start(guest, "swap", `${hub}/good`, `${hub}/evil`),
    await Fighter.start(guest, "swap", `${hub}/c1`, `${hub}/evil`),
  ];
}

guestTest(
  "the host is safe by itself: a guest that may write to the hub leads none of its calls astray",
  async (test) => {
    const { scratch, share, storages, boot } = test;
    const outside = new Outside(scratch);
    const { guest, agent } = await boot({ exported: scratch.inSandbox("mounts") });
    await agent.add(storages);
    const containers = ["c1", "c2"].map((id) => contested(scratch, id));
    const sources = containers.map(({ bundle }) => hostTree(bundle as string));
    const fighters = await fightInHub(guest, inGuest, outside.path);
    const tally = await shareAndUnshare(share, containers, FIGHT_MS);
    assert.ok(tally.done > 20 && tally.refused > 20, JSON.stringify(tally));
    outside.assertUntouched();
    for (const fighter of fighters) assert.ok((await fighter.fought()) > 0, fighter.what);
    await share.cleanup(); // under its hands, which it goes on using in a hub that is gone
    await sleep(500);
    outside.assertUntouched();
    // Nothing more is asked of it: where names move under it, its kernel may come to wait for itself.
    await guest.kill();
    assert.deepEqual(mountsBelow(scratch.hostDir), []);
    assert.deepEqual(
      containers.map(({ bundle }) => hostTree(bundle as string)),
      sources,
    );
  },
);
