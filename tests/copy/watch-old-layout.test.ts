import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listing } from "../support/copy/listing.ts";
import { version, waitFor, watchTest } from "../support/watch/place.ts";

// Kubelet before 1.8 made a directory of links for keys with a slash, where later ones make a link to the directory.

const old = { linksEachKey: true } as const;

// All but what the guest keeps, and the directory that only one of them still has.
function beside(path: string): string[] {
  return listing(path).filter((line) => !line.startsWith("'./..") && !line.startsWith("'.'"));
}

for (const order of ["links-first", "data-first"] as const)
  for (const generation of ["3.3", "4.0"] as const) {
    const writing = { ...old, order };
    const what = `${order}, agent ${generation}`;
    watchTest(`a key that is new in a directory of the old layout arrives: ${what}`, async (watched) => {
      const { volume } = watched;
      volume.write(version(1, "a", "dir/b", "dir/deep/c", "dir/gone"), writing);
      await watched.share({ generation }, async () => {
        assert.deepEqual(listing(watched.arrived), listing(volume.path));
        watched.requests = [];
        volume.write(version(2, "a", "dir/b", "dir/new", "dir/deep/c", "dir/deep/new", "other/d"), writing);
        const { stale, result } = await watched.event("updated");
        await watched.equal();
        await waitFor(() => beside(watched.arrived).some((line) => line.includes("'./other/d'")));
        const arrived = beside(watched.arrived).filter((line) => !line.includes("'./dir/gone'"));
        assert.deepEqual(arrived, beside(volume.path));
        assert.deepEqual([stale, result.skipped], [["dir/gone"], []]);
        assert.deepEqual(new Set(result.warnings.map(({ reason }) => reason)), new Set(["dotted-link"]));
        // Links that the guest has are not sent again: not every agent takes one twice.
        for (const name of ["a", "dir/b", "dir/deep/c"]) assert.ok(!watched.requests.includes(name), name);
      });
    });
  }

watchTest("at whichever step a directory of the old layout is met, all its keys arrive", async (watched) => {
  const { volume } = watched;
  volume.write(version(1, "dir/a"), old);
  await watched.share({ generation: "3.3" }, async () => {
    let keys = ["dir/a"];
    for (let round = 2; round < 6; round += 1) {
      keys = [...keys, `dir/k${round}`, `d${round}/k`];
      for (const _ of volume.steps(version(round, ...keys), old))
        await new Promise((resolve) => setTimeout(resolve, 5));
      await watched.equal();
    }
    const isThere = () => JSON.stringify(beside(watched.arrived)) === JSON.stringify(beside(volume.path));
    await waitFor(isThere).catch(() => {});
    assert.deepEqual(beside(watched.arrived), beside(volume.path));
  });
  assert.deepEqual(
    watched.events.filter(({ kind }) => kind !== "updated"),
    [],
  );
});

watchTest("a file beside ..data that was written since arrives with the next change", async (watched) => {
  const { volume } = watched;
  volume.write(version(1, "a"));
  writeFileSync(join(volume.path, "own"), "first");
  await watched.share({}, async () => {
    writeFileSync(join(volume.path, "own"), "second, which is longer");
    volume.write(version(2, "a"));
    await watched.event("updated");
    await watched.equal();
    assert.deepEqual(beside(watched.arrived), beside(volume.path));
  });
});
