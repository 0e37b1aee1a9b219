import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { GuestSandbox } from "../../../../ffi/agent/sandbox/guest-sandbox.ts";
import type { Mount } from "../../../../ffi/mod.ts";
import { Child } from "../../../support/child.ts";
import { commandOf } from "../../../support/runtimes.ts";
import type { Scratch } from "../../../support/scratch.ts";
import { inGuest } from "../guest-test.ts";
import { hostTree } from "../tree.ts";
import { image } from "./image.ts";
import { Pod } from "./pod.ts";
import type { Row } from "./row.ts";

const random = "0011223344556677";

/** Rows about the ends of our own process, and of connections. */
export const lifeRows: readonly Row[] = [
  {
    what: "a process of ours that is killed between sharing and starting leaves what the next one starts with",
    see: async ({ scratch, shareWith, agent, connect }) => {
      const rootFs = { target: image(scratch, "image", "data") };
      scratch.file("data/file", "of the host");
      const mounts = [dataOf(scratch)];
      const container = { id: "c1", rootFs, mounts };
      const sandbox = scratch.sandbox({ guestDir: inGuest });
      const killed = new Child(commandOf("obey"));
      assert.equal(await killed.line(), `"ready"`);
      killed.send(JSON.stringify({ sandbox, calls: [["shareContainer", container, { random: [random] }]] }));
      assert.deepEqual(JSON.parse(await killed.line()), [{ end: "ok" }]);
      await killed.kill();
      const first = await connect();
      const pod = await Pod.attach(first, shareWith({}));
      await pod.start(container);
      await pod.print("c1", "echo by the program > /data/new");
      await first.close();
      const again = await Pod.attach(agent, shareWith({}));
      again.take(container);
      const read = await again.print("c1", "cat /data/file /data/new");
      await again.remove("c1");
      assert.ok(existsSync(`${scratch.path}/data/new`));
      return read;
    },
  },
  {
    what: "the agent deletes nothing of the host's: not by a second sandbox, nor by an end with shares that are there",
    see: async ({ scratch, share, agent, pod }) => {
      const rootFs = { target: image(scratch, "image", "data") };
      scratch.file("data/below/file", "of the host");
      const mounts = [dataOf(scratch)];
      await pod.start({ id: "c1", rootFs, mounts });
      const trees = () => ["data", "image"].map((name) => hostTree(`${scratch.path}/${name}`));
      const before = trees();
      await assert.rejects(GuestSandbox.create(agent, share, { id: "s1" }), { trouble: "writable-shares" });
      assert.deepEqual(trees(), before);
      await share.shareContainer({ id: "c2", rootFs, mounts });
      const other = await Pod.attach(agent, share);
      other.take({ id: "c1" });
      assert.equal(await other.print("c1", "cat /data/below/file"), "of the host");
      other.detach();
      await pod.destroy();
      assert.deepEqual(trees(), before);
      return "as it was";
    },
  },
];

function dataOf({ path }: Scratch): Mount {
  return { destination: "/data", source: `${path}/data`, type: "bind", options: ["rbind", "rw"] };
}
