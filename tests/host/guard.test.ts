import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Child } from "../support/child.ts";
import { mount, mountsBelow, unmount } from "../support/mounts.ts";
import { isMachineRoot, propagation } from "../support/namespace.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

const container = { id: "c1" };

async function twoSandboxes(scratch: Scratch): Promise<void> {
  for (const id of ["s1", "s2"]) {
    const share = scratch.share({ id });
    await share.prepare();
    await share.shareFile(container, { source: scratch.file("secret"), destination: "/secret" }, { random });
  }
}

// Mounts below a path that are a sandbox's, or show one's content.
const sandboxesIn = (path: string) =>
  mountsBelow(path).filter(({ point }) => /\/sandboxes\/s[12]/.test(point));

for (const from of ["the directory above all sandboxes", "the root directory"]) {
  for (const options of [["rbind"], ["rbind", "ro"]]) {
    mountTest(`a recursive share (${options}) of ${from} contains no sandbox`, async (scratch) => {
      await twoSandboxes(scratch);
      const source = from === "the root directory" ? "/" : scratch.path;
      const share = scratch.share({ id: "s3" });
      await share.prepare();
      await share.shareFile(container, { source, destination: "/all", options }, { random });
      const shared = `${scratch.hostDir}/s3/shared/c1-${random}-all`;
      assert.ok(mountsBelow(shared).length > 0);
      for (const place of [shared, shared.replace("/shared/", "/mounts/")]) {
        const inner = source === "/" ? place + scratch.path : place;
        assert.deepEqual(readdirSync(`${inner}/sandboxes`).sort(), ["s1", "s2", "s3"]);
        assert.deepEqual(
          sandboxesIn(inner).filter(({ point }) => point.startsWith(`${inner}/`)),
          [],
        );
        for (const id of ["s1", "s2", "s3"]) {
          assert.deepEqual(readdirSync(`${inner}/sandboxes/${id}/mounts`), []);
          assert.deepEqual(readdirSync(`${inner}/sandboxes/${id}/shared`), []);
        }
      }
      await share.cleanup();
      assert.equal(sandboxesIn(scratch.hostDir).length, 10);
    });
  }
}

mountTest("somebody else's recursive bind of all sandboxes contains none", async (scratch) => {
  await twoSandboxes(scratch);
  const copy = scratch.directory("copy");
  const before = mountsBelow(scratch.hostDir).length;
  mount("--rbind", scratch.path, copy);
  mount("--make-rprivate", copy);
  assert.deepEqual(sandboxesIn(copy), []);
  assert.equal(mountsBelow(scratch.hostDir).length, before);
  unmount(copy);
});

mountTest("sharing does not grow other namespaces", async (scratch) => {
  const kind = propagation === "shared" ? "slave" : "private";
  const peers = ["unshare", "-m", "--propagation", "unchanged", "sh", "-c", "echo ready; cat"] as const;
  const slave = ["unshare", "-m", "--propagation", kind, "sh", "-c", "echo ready; cat"] as const;
  const others = [new Child(peers), new Child(slave)];
  for (const other of others) await other.line();
  await twoSandboxes(scratch);
  for (const other of others) {
    const table = readFileSync(`/proc/${other.pid}/mountinfo`, "utf8").split("\n");
    const seen = table.filter((line) => /\/sandboxes\/s[12]\/(mounts|shared)/.test(line.split(" ")[4] ?? ""));
    assert.deepEqual(seen, []);
  }
  await scratch.share({ id: "s1" }).cleanup();
  await scratch.share({ id: "s2" }).cleanup();
  for (const other of others) {
    const table = readFileSync(`/proc/${other.pid}/mountinfo`, "utf8");
    assert.equal(table.includes("/sandboxes/s1"), false, "a guard was left in another namespace");
    await other.end();
  }
});

mountTest(
  "sandboxes are not in the machine's own mount table",
  async (scratch) => {
    await twoSandboxes(scratch);
    assert.equal(readFileSync("/proc/1/mountinfo", "utf8").includes(scratch.path), false);
  },
  { skip: isMachineRoot ? false : "an ordinary user may not look; the runner compares its own table" },
);
