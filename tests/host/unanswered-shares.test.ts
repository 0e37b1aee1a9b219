import assert from "node:assert/strict";
import type { Container } from "../../ffi/mod.ts";
import { openLibc } from "../../ffi/mod.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { mountsBelow } from "../support/mounts.ts";
import { libcNames } from "../support/runtimes.ts";
import { containerWith, mountedTogether } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// The server of a share is gone, or hangs: that concerns nobody but whoever reads its files.

const ends: readonly [what: string, end: (server: Fuse) => void | Promise<void>][] = [
  ["dead", (server) => server.die()],
  ["that hangs", (server) => server.hang()],
];

for (const libcName of libcNames) {
  for (const [what, end] of ends) {
    mountTest(
      `a share ${what} is in no other container's way, and is unshared, by ${libcName}`,
      async (scratch) => {
        const libc = await openLibc(libcName);
        const share = scratch.share({}, { libc });
        const [dead, alone] = await sharedTwice(scratch, { libc });
        const server = dead.server;
        await end(server);
        const good = containerWith(scratch, "c2", [{ source: scratch.file("f"), destination: "/f" }]);
        await share.shareContainer(good);
        await share.unshareContainer(good);
        assert.deepEqual(mountedTogether(scratch).length, 1);
        await share.unshareFile({ id: "c1" }, { destination: "/d", hostPath: alone });
        await share.unshareContainer(dead.container);
        assert.deepEqual(mountsBelow(scratch.inSandbox("mounts")).length, 1, "the hub alone");
        await share.cleanup();
        await server.die();
      },
    );

    mountTest(`a share ${what} is shared once more, and revoked, by ${libcName}`, async (scratch) => {
      const libc = await openLibc(libcName);
      const share = scratch.share({}, { libc });
      const [dead] = await sharedTwice(scratch, { libc });
      await end(dead.server);
      await share.shareContainer({ ...dead.container, id: "c3" });
      await share.cleanup({ revoke: true });
      assert.deepEqual(mountsBelow(scratch.hostDir), []);
      await dead.server.die();
    });
  }
}

type Options = Parameters<Scratch["share"]>[1];

/** A sandbox with a FUSE filesystem that is shared alone and by a container. */
async function sharedTwice(
  scratch: Scratch,
  options: Options,
): Promise<[{ server: Fuse; container: Container }, string]> {
  const server = await Fuse.mount(scratch, "fuse");
  const share = scratch.share({}, options);
  await share.prepare();
  const alone = await share.shareFile({ id: "c1" }, { source: server.path, destination: "/d" });
  const container = containerWith(scratch, "c1", [{ source: server.path, destination: "/d" }]);
  await share.shareContainer(container);
  return [{ server, container }, alone?.hostPath as string];
}
