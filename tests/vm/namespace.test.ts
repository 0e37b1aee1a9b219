import assert from "node:assert/strict";
import { readdirSync, rmdirSync } from "node:fs";
import { Child } from "../support/child.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { mountTable } from "../support/state.ts";
import { added, asUser, inside, killed, lastOf, namespacesWith, own } from "./support/own-namespace.ts";

const begun: readonly [who: string, command: (scratch: Scratch) => readonly string[]][] = [
  ["root", () => []],
  ["an ordinary user", (scratch) => [...asUser, `XDG_RUNTIME_DIR=${scratch.path}/run`]],
];

for (const [who, command] of begun) {
  mountTest(
    `${who} shares in a namespace of its own, and another program enters it and adds`,
    async (scratch) => {
      scratch.directory("run");
      const source = scratch.file("file");
      const before = mountTable();
      const place = who === "root" ? [scratch.hostDir] : [];
      const { child, view } = await inside([
        ...command(scratch),
        ...commandOf("own-namespace"),
        own,
        ...place,
      ]);
      const expected = who === "root" ? scratch.hostDir : `${scratch.path}/run/guestshare`;
      assert.equal(view, `${expected}/${own}/shared`);
      assert.deepEqual(mountTable(), before, "its mounts are seen outside");
      assert.equal(await added(own, source, "/file"), "/run/guestshare/machine%2Ffile");
      assert.equal(
        await added(own, "/proc", "/other").catch((error) => error.message.includes("EINVAL")),
        true,
      );
      assert.deepEqual(await lastOf(child), [`${source} -> /file`]);
      assert.deepEqual(readdirSync(expected), []);
      assert.deepEqual(mountTable(), before);
    },
  );
}

mountTest("a program that is killed takes the one inside along, and its mounts", async (scratch) => {
  const { child, scratch: inner } = await inside([...commandOf("own-namespace"), own, scratch.hostDir]);
  const namespace = namespacesWith(scratch.hostDir);
  assert.equal(namespace.length, 1);
  await killed(child, scratch.hostDir);
  rmdirSync(inner);
});

mountTest("an error of the work is printed alone, and makes the exit code 1", async () => {
  const { code, stdout, stderr } = await new Child([...commandOf("own-namespace"), "fails"]).end();
  assert.deepEqual([code, stdout, stderr], [1, "", "of the work itself\n"]);
});
