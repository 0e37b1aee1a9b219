import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../support/child.ts";
import { copyTest } from "../support/copy-test.ts";
import { commandOf, runtimes } from "../support/runtimes.ts";
import { version, watchTest } from "../support/watch-test.ts";

watchTest("of two shares to the same place at once, one is watched, and stops", async (watched) => {
  watched.volume.write(version(1, "a"));
  await watched.share({}, async (share) => {
    const again = () => share.shareFile({ id: "c1" }, watched.mount, { random: "0011223344556677" });
    await Promise.all([again(), again()]);
    watched.volume.write(version(2, "a"));
    await watched.event("updated");
    await sleep(200);
    assert.equal(watched.events.length, 1);
    await share.unshareContainer({ id: "c1" });
    watched.requests = [];
    watched.volume.write(version(3, "a"));
    await sleep(1200);
    assert.deepEqual(watched.requests, []);
  });
});

for (const runtime of runtimes) {
  copyTest(`a watch does not keep a program alive: ${runtime}`, async (place) => {
    const program = new Child([...commandOf("watching", runtime), place.source]);
    assert.equal(await program.line(), `"updated"`);
    const hanging = setTimeout(() => program.kill(), 5000);
    const { code, stderr } = await program.end();
    clearTimeout(hanging);
    assert.equal(code, 0, stderr);
  });
}
