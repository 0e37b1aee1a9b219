import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gc } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { withoutProcesses } from "../support/faults/without-processes.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { mountTmpfs } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const NOBODYS = 2 ** 40; // an id that no namespace has

/** The line that says of a sandbox in which namespace it lived: in one that is gone. */
async function markOfNobody(scratch: Scratch): Promise<string> {
  const share = scratch.share({ id: "first" });
  await share.prepare();
  const mark = JSON.parse(readFileSync(`${scratch.hostDir}/first/namespace`, "utf8"));
  await share.cleanup();
  return `${JSON.stringify({ ...mark, id: NOBODYS })}\n`;
}

/** Directories in which nothing is mounted, as a sandbox of Kata's leaves them, or one of this library with a mark. */
function leave(hostDir: string, count: number, mark?: string): void {
  for (let at = 0; at < count; at += 1) {
    const directory = `${hostDir}/s${at}`;
    for (const name of ["mounts", "shared"]) mkdirSync(`${directory}/${name}`, { recursive: true });
    if (mark !== undefined) writeFileSync(`${directory}/namespace`, mark);
  }
}

/** How many calls it takes to remove so many. */
async function callsFor(scratch: Scratch, count: number, mark?: string): Promise<number> {
  leave(scratch.hostDir, count, mark);
  const empty = scratch.directory("no-processes");
  const counted = counting(withoutProcesses(libc, empty));
  const { hostDir } = scratch;
  const done = await gc({ hostDir, living: [], graceMs: 0, remove: true, libc: counted });
  assert.deepEqual(
    done.filter(({ isRemoved }) => !isRemoved),
    [],
  );
  assert.deepEqual([done.length, readdirSync(hostDir)], [count, []]);
  return counted.log.length;
}

// Four is in proportion, sixteen is the square.
function assertLinear(few: number, many: number): void {
  assert.ok(many < 5 * few, `${few} calls for so many, ${many} for four times as many`);
}

// In the whole run 1,000 and 4,000.
const count = rounds(1000, 100);

mountTest("four times as many directories without mounts take four times as many calls", async (scratch) => {
  assertLinear(await callsFor(scratch, count), await callsFor(scratch, 4 * count));
});

mountTest("so do those of this library, each judged under its lock", async (scratch) => {
  const mark = await markOfNobody(scratch);
  assertLinear(await callsFor(scratch, 100, mark), await callsFor(scratch, 400, mark));
});

const inOtherNamespace = async (place: string) => {
  const script = 'mount -t tmpfs tmpfs "$0" && echo && exec sleep 1000';
  await new Child(["unshare", "--mount", "sh", "-c", script, place]).line();
};

for (const [where, name, mountThere, expected] of [
  ["here", "plain", async (place: string) => mountTmpfs(place), "s0 unknown strangers"],
  ["in another namespace", "plain", inOtherNamespace, "s0 unknown elsewhere"],
  // The kernel escapes some characters of names.
  ["in another namespace", "of\tmany\\ k\u00ednds", inOtherNamespace, "s0 unknown elsewhere"],
] as const)
  mountTest(
    `what is mounted ${where} in an empty directory of ${JSON.stringify(name)} stays`,
    async (scratch) => {
      const hostDir = scratch.directory(name);
      leave(hostDir, 1);
      const place = `${hostDir}/s0/mounts`;
      let asked = 0;
      const living = async () => {
        // It is judged by this answer, and once more before it is removed.
        if (++asked === 1) await mountThere(place);
        return [];
      };
      const results = await gc({ hostDir, living, graceMs: 0, remove: true, libc });
      assert.deepEqual(
        results.map(({ id, state, reason }) => `${id} ${state} ${reason}`),
        [expected],
      );
      assert.ok(existsSync(place));
    },
  );
