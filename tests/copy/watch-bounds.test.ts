import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FilesystemShare, type WatchEvent } from "../../ffi/mod.ts";
import { copyTest } from "../support/copy/place.ts";
import { stretching } from "../support/faults/stretches.ts";
import { libc } from "../support/runtimes.ts";
import { sampleOf } from "../support/sample.ts";
import { version, watchTest } from "../support/watch/place.ts";

// Whoever may write in a directory that is copied can make a link "..data" in it. What is looked at again and again has a
// bound, and timers, answers and other sandboxes have their turn meanwhile.

const MiB = 1024 * 1024;
const MOST_CALLS = 2000;
const MANY = 5000;

function fill(directory: string, count: number, prefix = "f"): void {
  mkdirSync(directory, { recursive: true });
  for (let i = 0; i < count; i += 1) writeFileSync(join(directory, `${prefix}${i}`), "");
}

const large: Readonly<Record<string, (volume: string) => void>> = {
  "too many files": (volume) => fill(join(volume, "..x"), MANY),
  "too many files in directories": (volume) => {
    for (let i = 0; i < 20; i += 1) fill(join(volume, `..x/d${i}/e`), MANY / 20);
  },
  "too many names beside": (volume) => fill(volume, MANY),
  "too many names in a directory beside": (volume) => fill(join(volume, "d"), MANY),
  "too many of what looks like kubelet's own": (volume) => fill(volume, MANY, "..2026_"),
  "too many names that are not UTF-8": (volume) => {
    const script = `import os, sys\nfor i in range(${MANY}): open(os.fsencode(sys.argv[1]) + b"/\\xff%d" % i, "w")`;
    execFileSync("python3", ["-c", script, join(volume, "..x")]);
  },
  "too many bytes": (volume) => writeFileSync(join(volume, "..x/large"), new Uint8Array(MiB + 1)),
  "too many bytes beside": (volume) => writeFileSync(join(volume, "large"), new Uint8Array(MiB + 1)),
};

for (const [what, make] of sampleOf(Object.entries(large), 4))
  copyTest(
    `a directory with ..data and ${what} is copied once, in small steps, and that is told`,
    async (place) => {
      const volume = join(place.source, "v");
      mkdirSync(join(volume, "..x"), { recursive: true });
      writeFileSync(join(volume, "..x/key"), "1");
      symlinkSync("..x", join(volume, "..data"));
      make(volume);
      const events: WatchEvent[] = [];
      const counted = stretching(libc);
      const sent: string[] = [];
      const agent = {
        copyFile: async ({ path }: { path: string }) => void sent.push(path),
        close: async () => {},
        [Symbol.asyncDispose]: async () => {},
      };
      const share = new FilesystemShare(
        { id: "s1", sharedFs: "none" },
        { libc: counted, agent, onWatch: (event) => events.push(event) },
      );
      await share.shareFile({ id: "c1" }, { source: volume, destination: "/v" });
      assert.ok(counted.longest() <= MOST_CALLS, `${counted.longest()} calls in one go`);
      const told = events.map((event) => [event.kind, event.kind === "ended" && event.reason, event.source]);
      assert.deepEqual(told, [["ended", "too-large", volume]]);
      // All of it is there, but what has no text.
      const found = execFileSync("find", [volume], { encoding: "utf8", maxBuffer: 2 ** 26 })
        .trim()
        .split("\n");
      assert.equal(new Set(sent).size, found.filter((path) => !path.includes("\ufffd")).length);
      const count = sent.length;
      writeFileSync(join(volume, "..x/key"), "2");
      utimesSync(volume, 1, 1);
      await sleep(1200);
      assert.equal(sent.length, count);
      await share.cleanup();
    },
  );

watchTest("a volume of as much as kubelet's may have is watched", async (watched) => {
  const { volume } = watched;
  const payload = { a: "v1 ".padEnd(MiB / 2, "a"), b: "v1 ".padEnd(MiB / 2, "b") };
  volume.write(payload);
  await watched.share({}, async () => {
    volume.write(version(2, ...Array.from({ length: 1000 }, (_, i) => `k${i}`)));
    await watched.event("updated");
    await watched.equal();
  });
});

watchTest("a volume that gets too large is watched no more, and that is told once", async (watched) => {
  const { volume } = watched;
  volume.write(version(1, "a"));
  const counted = stretching(libc);
  await watched.share(
    {},
    async () => {
      volume.write({ ...version(2, "a"), large: "v2 ".padEnd(MiB + 1, "x") });
      const event = await watched.event("ended");
      assert.equal(event.reason, "too-large");
      assert.deepEqual(Object.keys(volumeOf(watched.arrived)), ["a"]);
      watched.requests = [];
      volume.write(version(3, "a"));
      await sleep(1200);
      assert.deepEqual([watched.requests, watched.events.length], [[], 1]);
    },
    { libc: counted },
  );
  assert.ok(counted.longest() <= MOST_CALLS);
});

function volumeOf(path: string): Record<string, true> {
  return Object.fromEntries(readdirSync(join(path, "..data")).map((name) => [name, true]));
}

copyTest("an emptyDir with ..data is copied as it is, and not watched", async (place) => {
  const source = join(place.source, "kubernetes.io~empty-dir/v");
  for (const name of ["..2026_01", "..2026_02", "d"]) fill(join(source, name), 2);
  symlinkSync("..2026_02", join(source, "..data"));
  const events: WatchEvent[] = [];
  await place.with({}, async (agent, guest) => {
    const onWatch = (event: WatchEvent) => events.push(event);
    const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent, onWatch });
    const shared = await share.shareFile({ id: "c1" }, { source, destination: "/v" });
    const arrived = place.arrived(shared?.guestPath.split("/").at(-1));
    assert.deepEqual(
      readdirSync(arrived, { recursive: true }).sort(),
      readdirSync(source, { recursive: true }).sort(),
    );
    const { requests } = guest;
    fill(join(source, "..2026_02"), 3);
    await sleep(1200);
    assert.equal(guest.requests, requests);
  });
  assert.deepEqual(events, []);
});
