import assert from "node:assert/strict";
import { configMap } from "../support/bundles/whole-container.ts";
import { denying } from "../support/faults/wrapped-libc.ts";
import { refused } from "../support/refused.ts";
import { libc } from "../support/runtimes.ts";
import { containerWith, mountedTogether } from "../support/sandbox/together.ts";
import { mountTest } from "../support/scratch.ts";

// Root may open everything: an ordinary user, as root of a user namespace, may not.

mountTest("a container with a source that nobody may reach is refused whole", async (scratch) => {
  await scratch.share().prepare();
  const hidden = scratch.file("hidden/f");
  const share = scratch.share({}, { libc: denying(libc, (path) => path === hidden) });
  const mounts = [scratch.file("good"), hidden].map((source, i) => ({ source, destination: `/${i}` }));
  const error = await refused(scratch, () => share.shareContainer(containerWith(scratch, "c1", mounts)));
  assert.deepEqual([error.step.op, error.call, error.code], ["bind", "openat2", "EACCES"]);
});

mountTest(
  "a volume whose files nobody may list is shared as it is: the guest may not list them either",
  async (scratch) => {
    await scratch.share().prepare();
    const volume = configMap(scratch, "small", 1);
    // What is counted is opened by the name "." first.
    const share = scratch.share({}, { libc: denying(libc, (path) => path === ".") });
    await share.shareContainer(containerWith(scratch, "c1", [{ source: volume, destination: "/x" }]));
    assert.equal(mountedTogether(scratch).length, 1);
  },
);
