import assert from "node:assert/strict";
import test from "node:test";
import { type Patience, ServerQueue } from "../../ffi/linux/server-queue.ts";
import { rejection } from "../support/errors.ts";

const patient: Patience = { timeoutMs: 600_000, onTimeout: () => new Error("no answer") };

/** A queue with a log of which questions were begun; each waits until it is settled. */
function logged(): {
  begun: string[];
  settle: Map<string, (error?: unknown) => void>;
  ask: (server: number, name: string, patience?: Patience) => Promise<void>;
} {
  const queue = new ServerQueue();
  const begun: string[] = [];
  const settle = new Map<string, (error?: unknown) => void>();
  const ask = (server: number, name: string, patience = patient) =>
    queue.ask(
      server,
      (end) => {
        begun.push(name);
        settle.set(name, end);
        return () => {};
      },
      patience,
    );
  return { begun, settle, ask };
}

test("a server that leaves a hundred hanging leaves room to ask another one", async () => {
  const { begun, settle, ask } = logged();
  const hung = Array.from({ length: 100 }, (_, i) => ask(1, `hung ${i}`, { ...patient, timeoutMs: 300 }));
  const ends = Promise.all(hung.map((one) => rejection(one)));
  const good = ask(2, "good");
  assert.equal(begun.at(-1), "good");
  assert.equal(begun.length, 17);
  settle.get("good")?.();
  await good;
  // Those that were never begun have waited as long as the others: nobody of them begins anew.
  assert.deepEqual([...new Set((await ends).map((error) => (error as Error).message))], ["no answer"]);
});

test("an error of who asks is the answer's, and makes room", async () => {
  const { begun, settle, ask } = logged();
  const all = Array.from({ length: 17 }, (_, i) => ask(1, `${i}`));
  settle.get("3")?.(new Error("no room for a child"));
  assert.equal(((await rejection(all[3] as Promise<void>)) as Error).message, "no room for a child");
  assert.equal(begun.at(-1), "16");
  for (const end of settle.values()) end();
  await Promise.all(all.filter((_, i) => i !== 3));
});

test("a signal ends the waiting for a turn, too, and takes nobody's room", async () => {
  const { begun, settle, ask } = logged();
  const all = Array.from({ length: 16 }, (_, i) => ask(1, `${i}`));
  const aborting = new AbortController();
  const aborted = rejection(ask(1, "aborted", { ...patient, signal: aborting.signal }));
  all.push(ask(1, "last"));
  const reason = new Error("enough");
  aborting.abort(reason);
  assert.equal(await aborted, reason);
  settle.get("0")?.();
  await all[0];
  assert.equal(begun.at(-1), "last");
  for (const end of settle.values()) end();
  await Promise.all(all);
});
