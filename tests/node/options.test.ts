import assert from "node:assert/strict";
import test from "node:test";
import { Monitor, MonitorError, type MonitorOptions } from "../../node/mod.ts";
import { rejection } from "../support/errors.ts";

const list = async () => [];
const wrong: readonly (readonly [what: string, options: unknown, message: RegExp])[] = [
  ["no options", null, /options have to be an object/],
  ["nobody who knows the living", { living: {} }, /living has to have either nri or list/],
  ["two who know", { living: { list, nri: {} } }, /living has to have either nri or list/],
  ["a list that is none", { living: { list: ["s1"] } }, /living.list has to be a function/],
  ["an unknown name", { living: { list }, grace: 1 }, /there is no option "grace".*graceMs/],
  ["a relative directory", { living: { list }, directories: ["run"] }, /absolute paths .* not "run"/],
  ["the root as a directory", { living: { list }, directories: ["//"] }, /absolute paths .* not "\/\/"/],
  ["a process below 1", { living: { list }, runtimePid: 0 }, /runtimePid has to be the number of a process/],
  ["no number as a time", { living: { list }, graceMs: Number.NaN }, /graceMs has to be a number/],
  ["a time below 0", { living: { list }, graceMs: -1 }, /graceMs has to be a number/],
  ["audits without a pause", { living: { list }, auditEveryMs: 0 }, /auditEveryMs has to be a number/],
  ["a longer time than timers have", { living: { list }, auditEveryMs: 2 ** 31 }, /auditEveryMs has to be/],
  ["a word for yes", { living: { list }, remove: "no" }, /remove has to be true or false/],
  ["a plugin without a name", { living: { nri: { name: "a b" } } }, /name has to be letters/],
];

for (const [what, options, message] of wrong)
  test(`a monitor is refused with ${what}`, async () => {
    const error = await rejection(Monitor.start(options as MonitorOptions));
    assert.ok(error instanceof TypeError, String(error));
    assert.match(error.message, message);
  });

test("a monitor whose signal is aborted is not started, and one that is closed looks no more", async () => {
  const reason = new Error("not now");
  const options = { living: { list }, directories: ["/run/none"] };
  assert.equal(await rejection(Monitor.start({ ...options, signal: AbortSignal.abort(reason) })), reason);
  const monitor = await Monitor.start(options);
  const events = monitor.events()[Symbol.asyncIterator]();
  await monitor.close();
  await monitor.close();
  assert.deepEqual(await events.next(), { done: true, value: undefined });
  const error = await rejection(monitor.audit());
  assert.ok(error instanceof MonitorError);
  assert.equal(error.code, "closed");
});
