import assert from "node:assert/strict";
import test from "node:test";
import { CopyTogether } from "../../ffi/copy/together.ts";

const item = { path: "/srv/config", guestPath: "/run/guest/config" } as const;

test("a copy is aborted when its last waiting container leaves, and a container that leaves late ends nothing", async () => {
  const signals: AbortSignal[] = [];
  let finish = () => {};
  const until = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const copy = new CopyTogether(item, (signal) => {
    signals.push(signal);
    return until;
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const left = copy.wait(first.signal);
  const stayed = copy.wait(second.signal);
  first.abort(new Error("enough"));
  await assert.rejects(left, /aborted|enough/);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false],
    "one container still waits, and the copy runs once",
  );
  finish();
  await stayed;
  second.abort();
  assert.equal(signals[0]?.aborted, false, "the copy has ended");
});

test("a copy that no container waits for any more is aborted with the reason of the last one", async () => {
  const reason = new Error("enough");
  const copy = new CopyTogether(
    item,
    (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const controller = new AbortController();
  const waiting = copy.wait(controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
});
