import assert from "node:assert/strict";
import type { ListedShare } from "../../vm/mod.ts";
import { mountTest } from "../support/scratch.ts";
import { opened } from "../support/vm/opened.ts";

mountTest("what changes is told to whoever follows, by whichever object it was changed", async (scratch) => {
  const shares = await opened(scratch);
  const joined = await opened(scratch, { join: true });
  const source = scratch.file("file");
  const ending = new AbortController();
  const seen: string[] = [];
  const targets = (listed: readonly ListedShare[]) =>
    listed.map(({ target, mode }) => `${target} ${mode}`).join();
  const add = (target: string) => joined.add({ source, target, mode: "ro" });
  for await (const listed of shares.follow(ending.signal)) {
    seen.push(targets(listed));
    if (seen.length === 1) await add("/a");
    else if (seen.length === 2) await add("/b");
    else if (seen.length === 3) await (await add("/a")).remove();
    else if (seen.length === 4) ending.abort();
  }
  assert.deepEqual(seen, ["", "/a ro", "/a ro,/b ro", "/b ro"]);
  await shares.close();
});

mountTest("a change that changes nothing of the shares is not told", async (scratch) => {
  const shares = await opened(scratch);
  const other = await opened(scratch, { id: "s2" });
  const source = scratch.file("file");
  let count = 0;
  for await (const listed of shares.follow()) {
    count += 1;
    if (count === 1) {
      await other.add({ source, target: "/elsewhere", mode: "ro" });
      // Late enough to be a change of its own.
      setTimeout(() => void shares.add({ source, target: "/here", mode: "ro" }), 200);
    } else {
      assert.deepEqual(
        listed.map(({ target }) => target),
        ["/here"],
      );
      break;
    }
  }
  assert.equal(count, 2);
  await other.close();
  await shares.close();
});
