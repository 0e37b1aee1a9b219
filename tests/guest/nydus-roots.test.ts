import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Nydusd } from "../../ffi/mod.ts";
import { mount } from "../support/mounts.ts";
import { onNydus } from "../support/sandbox/nydus.ts";
import { NydusdServer } from "../support/sandbox/nydusd-server.ts";
import type { Scratch } from "../support/scratch.ts";
import { assertSame, assertStorages } from "./support/checks.ts";
import { guestTest } from "./support/guest-test.ts";
import { oddTree } from "./support/odd-tree.ts";

/** A directory as a nydusd serves it: the view at "containers", and an image's files beside it. */
function serve(scratch: Scratch): { exported: string; image: string } {
  const exported = scratch.directory("exported");
  const containers = scratch.directory("exported/containers");
  mount("--rbind", scratch.inSandbox("shared"), containers);
  mount("--make-rslave", containers);
  const image = oddTree(scratch, "exported/rafs/c1/lowerdir");
  scratch.file("exported/rafs/c1/lowerdir/etc/gone");
  return { exported, image };
}

guestTest(
  "an image beside the view is the root's lower layer, and what the guest writes is in the host's snapshot",
  async ({ scratch, storages, shareWith, boot }) => {
    const { exported, image } = serve(scratch);
    const socketPath = `${scratch.path}/api.sock`;
    const server = await NydusdServer.start(socketPath);
    try {
      const { guest, agent } = await boot({ exported, isUpper: true });
      await agent.add(storages);
      const share = shareWith({}, { nydusd: new Nydusd({ socketPath }) });
      const container = onNydus(scratch);
      const shared = await share.shareRootFilesystem(container);
      // Of an overlay's options the kernel shows those that differ from its defaults.
      await guest.write("/sys/module/overlay/parameters/index", "Y");
      await agent.add(shared?.storages ?? []);
      const root = shared?.guestPath as string;
      assert.match(await guest.read("/proc/self/mounts"), /^overlay \S+ overlay \S*\bindex=off\b/m);
      await assertStorages(guest, [...storages, ...(shared?.storages ?? [])]);
      await assertSame(guest, root, image);

      await guest.write(`${root}/etc/written`, "by the guest");
      await guest.call("unlink", `${root}/etc/gone`);
      await guest.call("rename", `${root}/empty`, `${root}/renamed`);
      assert.deepEqual(await guest.names(`${root}/etc`), ["written"]);
      await agent.remove(shared?.storages ?? []);
      const upper = `${scratch.path}/snapshots/c1/fs`;
      assert.equal(readFileSync(`${upper}/etc/written`, "utf8"), "by the guest");
      assert.deepEqual(readdirSync(`${upper}/etc`).sort(), ["gone", "written"]); // one is a whiteout
      assert.deepEqual(readdirSync(`${image}/etc`), ["gone"]);
      await share.unshareRootFilesystem(container);
    } finally {
      server.die();
    }
  },
  { sandbox: { sharedFs: "virtio-fs-nydus" } },
);
