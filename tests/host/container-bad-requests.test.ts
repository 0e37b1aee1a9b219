import assert from "node:assert/strict";
import type { Container } from "../../ffi/mod.ts";
import { requestError } from "../support/errors.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const mount = { source: "/etc/hosts", destination: "/x", type: "bind" };

// What is wrong with a container, and the JSON path that is told.
type Row = [what: string, path: string, container: unknown, random?: unknown];
const rows: readonly Row[] = [
  ["no container", "container", null],
  ["a text for a container", "container", "c1"],
  ["an id that leads elsewhere", "container.id", { id: "../x" }],
  ["a number for a bundle", "container.bundle", { id: "c1", bundle: 7, mounts: [{ ...mount, source: "x" }] }],
  ["null for mounts", "container.mounts", { id: "c1", mounts: null }],
  ["a text for mounts", "container.mounts", { id: "c1", mounts: "x" }],
  ["an object for mounts", "container.mounts", { id: "c1", mounts: {} }],
  ["null for a mount", "container.mounts[1]", { id: "c1", mounts: [mount, null] }],
  ["a number for a mount", "container.mounts[0]", { id: "c1", mounts: [7] }],
  [
    "a number for options",
    "container.mounts[0].options",
    { id: "c1", bundle: "/", mounts: [{ ...mount, source: "x", type: "y", options: 7 }] },
  ],
  [
    "an object for options",
    "container.mounts[0].options",
    { id: "c1", bundle: "/", mounts: [{ ...mount, source: "x", type: "y", options: {} }] },
  ],
  ["a NUL in a source", "container.mounts[0].source", { id: "c1", mounts: [{ ...mount, source: "/a\0b" }] }],
  [
    "a lone surrogate in a source",
    "container.mounts[0].source",
    { id: "c1", mounts: [{ ...mount, source: "/\ud800" }] },
  ],
  ["a number for a source", "container.mounts[0].source", { id: "c1", mounts: [{ ...mount, source: 7 }] }],
  ["a number for a root", "container.rootFs", { id: "c1", rootFs: 7 }],
  [
    "a number for a disk's source",
    "container.rootFs.source",
    { id: "c1", blockDrive: {}, rootFs: { source: 7 } },
  ],
  [
    "numbers for an overlay's options",
    "container.rootFs.options[0]",
    { id: "c1", rootFs: { type: "overlay", options: [7] } },
  ],
  ["too few digits", "random", { id: "c1", rootFs: { target: "/" }, mounts: [mount] }, []],
  [
    "digits that are none",
    "random[0]",
    { id: "c1", rootFs: { target: "/" }, mounts: [mount] },
    ["0123456789ABCDEF"],
  ],
  ["null for digits", "random", { id: "c1", rootFs: { target: "/" }, mounts: [mount] }, 7],
];

for (const [what, path, container, random] of rows) {
  mountTest(`${what} is refused as ${path}, and nothing is touched`, async (scratch) => {
    const options = random === undefined ? {} : { random: random as string[] };
    for (const isPrepared of [false, true]) {
      if (isPrepared) await scratch.share().prepare();
      const counted = counting(libc);
      const share = scratch.share({}, { libc: counted });
      const before = stateOf(scratch.path);
      const error = await requestError(share.shareContainer(container as Container, options));
      assert.equal(error.path, path);
      assert.deepEqual(stateOf(scratch.path), before);
      const changing = counted.log.filter((name) => /^(mk|move|un|umount|fsmount|open_tree)/.test(name));
      assert.deepEqual(changing, []);
    }
  });
}
