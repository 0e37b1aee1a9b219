import assert from "node:assert/strict";
import { hostOf } from "../../ffi/linux/host.ts";
import { WaitedSources } from "../../ffi/linux/waited-sources.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";

mountTest("sources that stay open are closed once, however often they are closed", async (scratch) => {
  const server = await Fuse.mount(scratch, "fuse");
  const counted = counting(libc);
  const { sys, table } = hostOf(counted);
  const waited = new WaitedSources(sys, table, { timeoutMs: 10_000 });
  const paths = [`${server.path}/file-1`, `${server.path}/file-2`];
  await waited.wait({ paths, question: "stat" });
  const callsBefore = counted.log.length;
  waited.close();
  waited.close();
  assert.deepEqual(counted.log.slice(callsBefore), ["close", "close"]);
  await server.die();
});
