import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { rejection } from "../support/errors.ts";
import { mountTest } from "../support/scratch.ts";

const none = () => {};

mountTest("a sandbox is created once, whoever asks, until it is cleaned up", async (scratch) => {
  const [one, other] = [scratch.share(), scratch.share()];
  await assert.rejects(
    one.createOnce(none, async () => true),
    /not prepared|ENOENT/,
  );
  await one.prepare();
  let calls = 0;
  const create = async () => {
    calls += 1;
    return true;
  };
  assert.equal(await one.createOnce(none, create), true);
  await other.prepare();
  assert.equal(await other.createOnce(none, create), false);
  assert.equal(calls, 1);
  const mark = JSON.parse(readFileSync(scratch.inSandbox("namespace"), "utf8"));
  assert.equal(mark.asked, true);
  assert.ok(Number.isInteger(mark.inode), "it is still the mark of the namespace");
  await other.cleanup();
  assert.equal(existsSync(scratch.inSandbox()), false);
  await one.prepare();
  assert.equal(await one.createOnce(none, create), true);
  await one.cleanup();
});

mountTest("who was killed while it created is not repeated; who reached nobody is", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  assert.equal(await share.createOnce(none, async () => false), true);
  assert.equal(await share.createOnce(none, async () => false), true);
  const failure = new Error("no answer");
  const failing = share.createOnce(none, async () => {
    throw failure;
  });
  assert.equal(await rejection(failing), failure);
  assert.equal(await share.createOnce(none, async () => true), false);
  await share.cleanup();
});

mountTest("nothing is shared between the look at the shares and the end of creating", async (scratch) => {
  const [one, other] = [scratch.share(), scratch.share()];
  await one.prepare();
  const source = scratch.directory("volume");
  const order: string[] = [];
  const creating = one.createOnce(
    (shares) => void order.push(`${shares.length} shares`),
    async () => {
      order.push("begins");
      await sleep(200);
      order.push("ends");
      return true;
    },
  );
  await sleep(50);
  const sharing = other
    .shareFile({ id: "c1" }, { source, destination: "/data" })
    .then(() => order.push("shared"));
  await Promise.all([creating, sharing]);
  assert.deepEqual(order, ["0 shares", "begins", "ends", "shared"]);
  const refusing = one.createOnce(
    (shares) => {
      throw new Error(`${shares.length} shares`);
    },
    async () => true,
  );
  await assert.rejects(refusing, /1 shares/);
  await one.cleanup();
});
