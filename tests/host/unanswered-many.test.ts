import assert from "node:assert/strict";
import { Child } from "../support/child.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { commandOf, libcNames } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";

for (const libcName of libcNames) {
  mountTest(
    `a program goes on and ends beside eight sources and two shares that hang, by ${libcName}`,
    async (scratch) => {
      const server = await Fuse.mount(scratch, "fuse");
      const share = scratch.share();
      await share.prepare();
      for (const name of ["file", "directory"])
        await share.shareFile({ id: "c1" }, { source: `${server.path}/${name}`, destination: "/x" });
      server.hang();
      const hung = Array.from({ length: 8 }, (_, i) => `${server.path}/file-${i}`);
      const sandbox = JSON.stringify(scratch.sandbox());
      const child = new Child([...commandOf("among-hung"), libcName, sandbox, scratch.file("good"), ...hung]);
      const { code, stdout, stderr } = await child.ended;
      assert.equal(stderr, "");
      assert.deepEqual(JSON.parse(stdout), { waiting: 8, read: "good", missing: "ENOENT" });
      assert.equal(code, 7);
      await share.cleanup();
      await server.die();
    },
  );
}

mountTest(
  "three hundred sources that nobody caches take no more descriptors than a process may have",
  async (scratch) => {
    const server = await Fuse.mount(scratch, "fuse");
    await scratch.share().prepare();
    const sources = Array.from({ length: 300 }, (_, i) => `${server.path}/file-${i}`);
    const limited = ["sh", "-c", 'ulimit -n 256 && exec "$@"', "sh"] as const;
    const order = {
      sandbox: scratch.sandbox(),
      calls: sources.map((source) => ["shareFile", { id: "c1" }, { source, destination: "/f" }]),
    };
    const child = new Child([...limited, ...commandOf("at-once")]);
    child.send(JSON.stringify(order));
    const { stdout, stderr } = await child.end();
    assert.deepEqual(JSON.parse(stdout), { done: 300 }, stderr);
    await scratch.share().cleanup();
    await server.die();
  },
);
