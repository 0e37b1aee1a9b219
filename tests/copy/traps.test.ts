import assert from "node:assert/strict";
import { generations } from "../../ffi/guest/generation.ts";
import { listing } from "../support/copy/listing.ts";
import { copyTest, reasonsOf } from "../support/copy/place.ts";
import { isTemporaryFile, lostReason } from "../support/copy/temporary-files.ts";
import { makeTraps } from "../support/copy/traps.ts";
import { sampleOf } from "../support/sample.ts";

for (const [first, generation] of generations.entries()) {
  for (const window of sampleOf([1, 8, 64], 3, first)) {
    copyTest(`a tree of traps arrives as it is: agent ${generation}, window ${window}`, async (place) => {
      makeTraps(place.source);
      // Answers come in any order, so that what must not be open at once would be.
      const onRequest = async (_: unknown, index: number) => {
        if (window > 1) await new Promise((resolve) => setTimeout(resolve, (index * 7919) % 5));
        return undefined;
      };
      const result = await place.copy({ window }, { generation, onRequest });
      const all = listing(place.source);
      const lost = generation === "3.18" ? all.filter(isTemporaryFile) : [];
      assert.deepEqual(reasonsOf(result.skipped, place.source), lost.map(lostReason).sort());
      assert.deepEqual(reasonsOf(result.warnings, place.source), []);
      const expected = all.filter((line) => !lost.includes(line));
      assert.deepEqual(listing(place.arrived()), expected);
      assert.equal(result.entries, expected.length);
    });
  }
}

copyTest("a tree of traps that is copied again arrives as it is: agent 4.0", async (place) => {
  makeTraps(place.source);
  await place.copy();
  const { skipped, warnings } = await place.copy();
  assert.deepEqual([skipped, warnings], [[], []]);
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});
