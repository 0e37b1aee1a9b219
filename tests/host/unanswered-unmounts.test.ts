import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { FilesystemShare } from "../../ffi/mod.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { mountsBelow, mountTmpfs } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { libcNames } from "../support/runtimes.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const skip = isMachineRoot ? false : "only root of the machine has loop devices";
const container = { id: "c1" };

/** Runs something with a loop device. */
async function withDevice(scratch: Scratch, use: (device: string) => Promise<void>): Promise<void> {
  const image = scratch.file("image", "");
  execFileSync("truncate", ["-s", "1M", image]);
  const device = execFileSync("losetup", ["-f", "--show", image], { encoding: "utf8" }).trim();
  try {
    await use(device);
  } finally {
    execFileSync("losetup", ["-d", device]);
  }
}

/** A fuseblk at a path whose only mounts are shares, and whose server hangs. */
async function hungIn(
  scratch: Scratch,
  place: string,
  device: string,
  share: (path: string) => Promise<unknown>,
): Promise<Fuse> {
  const server = await Fuse.mount(scratch, place, { device });
  await share(server.path);
  execFileSync("umount", ["-l", "-i", server.path]);
  server.hang();
  return server;
}

type Call = readonly ["unshareFile" | "cleanup", ...args: unknown[]];

const rows: readonly [what: string, place: string, options: string[], call: (scratch: Scratch) => Call][] = [
  [
    "unsharing it",
    "alone",
    [],
    (scratch) => ["unshareFile", container, { destination: "/d", hostPath: scratch.hub(name) }],
  ],
  ["the sandbox's cleanup", "alone", [], () => ["cleanup"]],
  ["revoking it", "alone", [], () => ["cleanup", { revoke: true }]],
  [
    "unsharing what it is below",
    "tree/below",
    ["rbind"],
    (scratch) => ["unshareFile", container, { destination: "/d", hostPath: scratch.hub(name) }],
  ],
  ["the cleanup of what it is below", "tree/below", ["rbind"], () => ["cleanup"]],
];
const random = "0".repeat(16);
const name = `c1-${random}-d`;

for (const [what, place, options, call] of rows) {
  mountTest(
    `a filesystem whose last mount goes with ${what} is not waited for`,
    async (scratch) => {
      await withDevice(scratch, async (device) => {
        if (place !== "alone") mountTmpfs(scratch.directory("tree"));
        const share: FilesystemShare = scratch.share();
        await share.prepare();
        const source = place === "alone" ? `${scratch.path}/alone` : `${scratch.path}/tree`;
        const server = await hungIn(scratch, place, device, () =>
          share.shareFile(container, { source, destination: "/d", options }, { random }),
        );
        assert.ok(existsSync(scratch.hub(".remote")));
        // A process of its own, for one that waits cannot be killed.
        const worker = await Worker.start();
        const ended = worker.obey({ sandbox: scratch.sandbox(), calls: [call(scratch)] });
        const first = await Promise.race([
          ended,
          new Promise((resolve) => setTimeout(resolve, 20_000, "it waits")),
        ]);
        assert.deepEqual(first, [{ end: "ok" }]);
        assert.equal(mountsBelow(scratch.hostDir).filter(({ point }) => point.endsWith(name)).length, 0);
        await server.die();
        await worker.end();
        await share.cleanup();
      });
    },
    { skip },
  );
}

mountTest("a hub without such a share has no file that says so", async (scratch) => {
  for (const libcName of libcNames) {
    const { openLibc } = await import("../../ffi/mod.ts");
    const share = scratch.share({}, { libc: await openLibc(libcName) });
    await share.prepare();
    await share.shareFile(container, {
      source: scratch.directory("d"),
      destination: "/d",
      options: ["rbind"],
    });
    assert.equal(existsSync(scratch.hub(".remote")), false);
    await share.cleanup();
  }
});
