import assert from "node:assert/strict";
import type { Container, Sandbox } from "../../ffi/mod.ts";
import { wholeContainer } from "../support/bundles/whole-container.ts";
import { shapeBetween } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// Whoever knows a container's id can unshare it; what else is needed is what docs/operations.md says.

const disk = { fstype: "ext4", blockDrive: { scsiAddr: "0:0" } };

type Row = [
  what: string,
  sandbox: Partial<Sandbox>,
  more: (scratch: Scratch) => Partial<Container>,
  enough: Partial<Container>,
];

const rows: readonly Row[] = [
  ["a directory is the root", {}, (scratch) => ({ rootFs: { target: scratch.directory("image") } }), {}],
  ["a disk is the root", {}, () => disk, {}],
  ["the guest pulls its root", { serviceOffload: true }, () => ({}), {}],
  [
    "the sandbox has serviceOffload and a directory is the root all the same",
    { serviceOffload: true },
    (scratch) => ({ rootFs: { target: scratch.directory("image") } }),
    { rootFs: { target: "/any" } },
  ],
  [
    "a disk has a suffix of its own",
    {},
    () => ({ ...disk, rootfsSuffix: "inner" }),
    { ...disk, rootfsSuffix: "inner" },
  ],
];

for (const [what, sandbox, more, enough] of rows) {
  mountTest(
    `a container is unshared by ${JSON.stringify({ id: "c1", ...enough })} where ${what}`,
    async (scratch) => {
      const share = scratch.share(sandbox);
      await share.prepare();
      const before = shapeBetween(scratch);
      const { container } = wholeContainer(scratch);
      const { mounts = [] } = container;
      await share.shareContainer({ id: "c1", bundle: container.bundle, mounts, ...more(scratch) });
      await scratch.share(sandbox).unshareContainer({ id: "c1", ...enough });
      assert.deepEqual(shapeBetween(scratch), before);
    },
  );
}
