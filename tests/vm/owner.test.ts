import assert from "node:assert/strict";
import { chownSync, statSync, writeFileSync } from "node:fs";
import { StepError } from "../../ffi/mod.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { mountTable } from "../support/state.ts";
import { opened } from "../support/vm/opened.ts";

// Only root of the machine may map ids, and give files away.
const skip = !isMachineRoot && "root of a user namespace may map no ids";

const ownerOf = (path: string) => [statSync(path).uid, statSync(path).gid];

/** A directory of somebody's, with a file of his and one of root's. */
function treeOf(scratch: Scratch): string {
  const source = scratch.directory("tree");
  chownSync(scratch.file("tree/his"), 1000, 100);
  scratch.file("tree/of-root");
  chownSync(source, 1000, 100);
  return source;
}

for (const [owner, expected] of [
  ["me", [0, 0]],
  [{ uid: 33, gid: 44 }, [33, 44]],
] as const) {
  mountTest(
    `the files of a source's owner are ${JSON.stringify(owner)}'s in the guest, and back`,
    async (scratch) => {
      const shares = await opened(scratch);
      const source = treeOf(scratch);
      await shares.add({ source, target: "/data", mode: "rw", owner });
      const seen = `${shares.directory}/machine%2Fdata`;
      assert.deepEqual([ownerOf(seen), ownerOf(`${seen}/his`)], [expected, expected]);
      assert.deepEqual(ownerOf(`${seen}/of-root`), [65534, 65534]);
      if (owner === "me") {
        writeFileSync(`${seen}/made`, "");
        assert.deepEqual(ownerOf(`${source}/made`), [1000, 100]);
      }
      assert.deepEqual(ownerOf(`${source}/his`), [1000, 100]);
      await shares.close();
    },
    { skip },
  );
}

mountTest(
  "what another group has is mapped, also where the user is the wanted one",
  async (scratch) => {
    const shares = await opened(scratch);
    const source = scratch.file("file");
    chownSync(source, 0, 100);
    await shares.add({ source, target: "/file", mode: "ro", owner: "me" });
    assert.deepEqual(ownerOf(`${shares.directory}/machine%2Ffile`), [0, 0]);
    await shares.close();
  },
  { skip },
);

mountTest("what belongs to the wanted owner already is mapped by nobody", async (scratch) => {
  const shares = await opened(scratch);
  await shares.add({ source: scratch.file("file"), target: "/file", mode: "ro", owner: "me" });
  assert.ok(!mountTable().some((line) => line.includes("machine%2Ffile") && line.includes("idmapped")));
  await shares.close();
});

mountTest("a source that cannot be mapped is refused, and not shared otherwise", async (scratch) => {
  const shares = await opened(scratch);
  const before = mountTable();
  // Sysfs is refused anyway, proc cannot be idmapped; a missing source has no owner.
  for (const source of ["/proc/sys/kernel/hostname", "/sys/kernel"]) {
    const error = await rejectionOf(
      shares.add({ source, target: "/x", mode: "ro", owner: { uid: 5, gid: 5 } }),
    );
    assert.ok(error instanceof StepError, String(error));
  }
  const missing = await rejectionOf(
    shares.add({ source: "/missing", target: "/x", mode: "ro", owner: "me" }),
  );
  assert.equal((missing as { code?: string }).code, "ENOENT");
  assert.deepEqual(mountTable(), before);
  await shares.close();
});
