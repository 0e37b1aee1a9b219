import assert from "node:assert/strict";
import { lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mount, mountOn, mountTmpfs, unmount } from "../support/mounts.ts";
import { refused } from "../support/refused.ts";
import { libc } from "../support/runtimes.ts";
import { container } from "../support/sandbox/full.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// Before Linux 6.8 a mount has the id of one that is gone: what was found out about that one says nothing of it.

const ENOSYS = 38;
const old = withoutUniqueIds(lacking(libc, { statmount: ENOSYS }));
const MOST_TRIES = 50;
const MOST_FILLERS = 200;

type Mounting = (target: string) => void;
const allowed: Mounting = (target) => mountTmpfs(target);
const forbidden: Mounting = (target) => mount("--rbind", "/proc", target);

/**
 * Puts one mount in another's place, with its id. The kernel gives the lowest id that is free, on the whole machine: what
 * is mounted beside takes those below.
 */
async function exchange(
  scratch: Scratch,
  [first, second]: readonly [Mounting, Mounting],
  use: (source: string) => Promise<unknown>,
): Promise<string> {
  for (let round = 1; round <= MOST_TRIES; round += 1) {
    const source = scratch.directory(`source-${round}`);
    first(source);
    const id = mountOn(source)?.id;
    await use(source);
    unmount(source);
    for (let i = 0; i < MOST_FILLERS; i += 1) {
      const target = scratch.directory(`source-${round}-${i}`);
      second(target);
      const found = Number(mountOn(target)?.id);
      if (found === Number(id)) return target;
      if (found > Number(id)) break; // another program was faster
    }
  }
  throw new Error("Cannot get a mount id again: it was always another program's");
}

mountTest(
  "a mount that may not be shared is refused though it has the id of one that might be",
  async (scratch) => {
    const share = scratch.share({}, { libc: old });
    await share.prepare();
    const source = await exchange(scratch, [allowed, forbidden], (source) =>
      share.shareFile(container, { source, destination: "/x" }),
    );
    const error = await refused(scratch, () => share.shareFile(container, { source, destination: "/x" }));
    assert.match(error.message, /on proc/);
  },
);

mountTest("a mount that may be shared is, though it has the id of one that might not", async (scratch) => {
  const share = scratch.share({}, { libc: old });
  await share.prepare();
  const source = await exchange(scratch, [forbidden, allowed], async (source) => {
    await refused(scratch, () => share.shareFile(container, { source, destination: "/x" }));
  });
  await share.shareFile(container, { source, destination: "/x" });
});
