import assert from "node:assert/strict";
import { readdirSync, statSync, symlinkSync } from "node:fs";
import { type FilesystemShare, StepError } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { mountOn } from "../support/mounts.ts";
import { commandOf } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

const container = { id: "c1" };
const SHARES = rounds(3000, 500);

/** Shares a source over and over while its name is exchanged with a link; what was shared, and how often. */
async function shareWhileSwapped(
  scratch: Scratch,
  share: FilesystemShare,
  check: (hub: string, view: string) => string,
): Promise<{ seen: Record<string, number>; swaps: number }> {
  const [program, ...args] = commandOf("swap");
  const swapper = new Child([program, ...args, `${scratch.path}/source`, `${scratch.path}/link`]);
  await swapper.line();
  const seen: Record<string, number> = {};
  const mount = { source: `${scratch.path}/source`, destination: "/x", readOnly: true };
  const hostPath = scratch.hub(`c1-${random}-x`);
  for (let i = 0; i < SHARES; i++) {
    let what: string;
    try {
      await share.shareFile(container, mount, { random });
      what = check(hostPath, scratch.view(`c1-${random}-x`));
      await share.unshareFile(container, { ...mount, hostPath });
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      what = error.code;
    }
    seen[what] = (seen[what] ?? 0) + 1;
    assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), []);
  }
  const { stdout } = await swapper.end();
  return { seen, swaps: Number(stdout.trim().split("\n").at(-1)) };
}

mountTest("a directory that is swapped with a link is shared as one of the two, whole", async (scratch) => {
  const inodes = new Map([
    [statSync(scratch.directory("source")).ino, "directory"],
    [statSync(scratch.directory("outside")).ino, "outside"],
  ]);
  symlinkSync(`${scratch.path}/outside`, `${scratch.path}/link`);
  const share = scratch.share();
  await share.prepare();
  const { seen, swaps } = await shareWhileSwapped(scratch, share, (hub, view) => {
    assert.equal(statSync(hub).ino, statSync(view).ino);
    return inodes.get(statSync(hub).ino) ?? "neither";
  });
  const { directory = 0, outside = 0, ENOENT = 0 } = seen;
  assert.equal(directory + outside + ENOENT, SHARES, JSON.stringify(seen));
  assert.ok(swaps > SHARES / 3 && directory > 0 && outside > 0, `${swaps} swaps, ${JSON.stringify(seen)}`);
});

mountTest(
  "a directory that is swapped with a link to proc is shared as the directory, or not at all",
  async (scratch) => {
    scratch.directory("source");
    symlinkSync("/proc", `${scratch.path}/link`);
    const share = scratch.share();
    await share.prepare();
    const { seen, swaps } = await shareWhileSwapped(scratch, share, (hub, view) => {
      assert.notEqual(statSync(view).dev, statSync("/proc").dev);
      return statSync(hub).dev === statSync("/proc").dev ? "proc" : "directory";
    });
    const { directory = 0, EINVAL = 0, ENOENT = 0 } = seen;
    assert.equal(directory + EINVAL + ENOENT, SHARES, JSON.stringify(seen));
    assert.ok(swaps > SHARES / 3 && directory > 0 && EINVAL > 0, `${swaps} swaps, ${JSON.stringify(seen)}`);
  },
);

mountTest(
  "a directory that is swapped with a file gets the placeholder of what was opened",
  async (scratch) => {
    scratch.directory("source");
    scratch.file("link");
    const share = scratch.share();
    await share.prepare();
    const { seen } = await shareWhileSwapped(scratch, share, (hub) => {
      assert.ok(mountOn(hub));
      return statSync(hub).isDirectory() ? "directory" : "file";
    });
    const { directory = 0, file = 0, ENOENT = 0 } = seen;
    assert.equal(directory + file + ENOENT, SHARES, JSON.stringify(seen));
  },
);
