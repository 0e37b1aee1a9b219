import assert from "node:assert/strict";
import { mkdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { version, watchTest } from "../support/watch/place.ts";

const GROUP = 4321;

for (const generation of ["3.3", "4.0"] as const) {
  watchTest(
    `what gets its group after it was turned over to has it in the guest too: agent ${generation}`,
    async (watched) => {
      const { volume, arrived } = watched;
      volume.write(version(1, "a", "b/c"));
      await watched.share({ generation }, async () => {
        volume.write(version(2, "a", "b/c"), { order: "links-first" });
        await watched.event("updated");
        for (const _ of volume.giveTo(GROUP));
        await watched.event("updated", 1);
        const groups = ["", "a", "b", "b/c"].map((path) => statSync(join(arrived, path)).gid);
        assert.deepEqual(groups, [GROUP, GROUP, GROUP, GROUP]);
        // It does so again each minute, which changes nothing.
        watched.requests = [];
        for (const _ of volume.giveTo(GROUP));
        await sleep(1500);
        assert.deepEqual(watched.requests, []);
      });
    },
  );

  watchTest(
    `another directory of the same name is never mixed with the one that is read: agent ${generation}`,
    async (watched) => {
      const { volume, place } = watched;
      volume.write(version(1, "a", "b"));
      await watched.share({ generation }, async () => {
        for (const number of [2, 3]) {
          const next = join(place.path, `next${number}`);
          mkdirSync(next);
          for (const name of ["b", "c"]) writeFileSync(join(next, name), `v${number} of ${name}`);
          const data = join(volume.path, volume.data as string);
          renameSync(data, join(place.path, `old${number}`));
          renameSync(next, data);
          await watched.equal();
        }
      });
    },
  );
}

watchTest("the other name that a directory gets is nobody's", async (watched) => {
  const { volume } = watched;
  volume.write(version(1, "a"));
  const data = join(volume.path, volume.data as string);
  const renamed = join(volume.path, "..first");
  renameSync(data, renamed);
  mkdirSync(`${renamed}.1`);
  writeFileSync(join(`${renamed}.1`, "b"), "v1 of b");
  symlinkSync("..first", join(volume.path, "..data_tmp"));
  renameSync(join(volume.path, "..data_tmp"), join(volume.path, "..data"));
  await watched.share({}, async () => {
    writeFileSync(join(renamed, "a"), "v2 of a");
    utimesSync(volume.path, 1, 1);
    await watched.equal();
  });
});
