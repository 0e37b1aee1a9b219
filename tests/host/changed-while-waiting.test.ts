import assert from "node:assert/strict";
import { readFileSync, renameSync, rmSync } from "node:fs";
import type { ContainerPlan } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { stepError } from "../support/errors.ts";
import { containerWith, digitsFor, usersOf } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

/** Shares a file with one container, and with a second one while another process holds the lock; `change` comes meanwhile. */
async function sharedAfter(
  scratch: Scratch,
  change: (source: string) => void,
): Promise<{ sharing: Promise<ContainerPlan> }> {
  const source = scratch.file("f", "old");
  const share = scratch.share();
  await share.prepare();
  const mounts = [{ source, destination: "/f" }];
  const first = containerWith(scratch, "c1", mounts);
  await share.shareContainer(first, { random: digitsFor(first) });
  const holder = new Child(["flock", scratch.inSandbox(), "sh", "-c", "echo held; cat"]);
  await holder.line();
  const second = containerWith(scratch, "c2", mounts);
  const sharing = share.shareContainer(second, { random: digitsFor(second, 16) });
  sharing.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 150));
  change(source);
  await holder.end();
  return { sharing };
}

mountTest("a source that is another file when the lock is had is shared as it is then", async (scratch) => {
  const { sharing } = await sharedAfter(scratch, (source) => renameSync(scratch.file("new"), source));
  const { outcomes } = await sharing;
  assert.equal(readFileSync(outcomes[0]?.shared?.hostPath as string, "utf8"), "new");
  assert.deepEqual(Object.values(usersOf(scratch)), [["c1"], ["c2"]]);
  await scratch.share().cleanup();
});

mountTest(
  "a source that is gone when the lock is had is missing, and nothing of its container is left",
  async (scratch) => {
    const { sharing } = await sharedAfter(scratch, (source) => rmSync(source));
    assert.equal((await stepError(sharing)).code, "ENOENT");
    assert.deepEqual(Object.values(usersOf(scratch)), [["c1"]]);
    await scratch.share().cleanup();
  },
);
