import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent } from "../../ffi/agent/agent.ts";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import { FilesystemShare } from "../../ffi/mod.ts";
import { mount, mountTmpfs } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";

const host = hostOf(libc);
const sandbox = { id: "s1", sharedFs: "none" } as const;

/** An agent that writes nothing, and the paths that it was sent. */
function listening(): { agent: Agent; sent: string[] } {
  const sent: string[] = [];
  const close = async () => {};
  const copyFile = async ({ path }: { path: string }) => void sent.push(path);
  return { agent: { copyFile, close, [Symbol.asyncDispose]: close }, sent };
}

mountTest(
  "a copy has what is mounted in the tree, but neither proc nor a sandbox's shares",
  async (scratch) => {
    for (const name of ["tree/tmpfs", "tree/proc", "tree/cover"]) scratch.directory(name);
    scratch.file("tree/file");
    mountTmpfs(join(scratch.path, "tree/tmpfs"));
    writeFileSync(join(scratch.path, "tree/tmpfs/inner"), "x");
    mount("-t", "proc", "proc", join(scratch.path, "tree/proc"));
    writeFileSync(join(scratch.path, "tree/cover/version"), "");
    mount("--bind", "/proc/version", join(scratch.path, "tree/cover/version"));
    // As `ip netns add` keeps a namespace: a file of no bytes, that cannot be read.
    writeFileSync(join(scratch.path, "tree/cover/netns"), "");
    mount("--bind", "/proc/self/ns/net", join(scratch.path, "tree/cover/netns"));
    mkdirSync(join(scratch.path, "tree/sandboxes"));
    const share = scratch.share({ hostDir: join(scratch.path, "tree/sandboxes") });
    await share.prepare();
    await share.shareFile({ id: "c1" }, { source: scratch.file("secret"), destination: "/secret" });
    const { agent, sent } = listening();
    const source = join(scratch.path, "tree");
    const { skipped, warnings } = await copyTree(host, source, "/guest/c1", agent, { window: 1 });
    const names = [...new Set(sent)].map((path) => path.slice("/guest/c1".length));
    assert.deepEqual(names, ["", "/cover", "/file", "/sandboxes", "/tmpfs", "/tmpfs/inner"]);
    assert.deepEqual(
      skipped.map(({ path, reason }) => `${path.slice(source.length)}: ${reason}`),
      ["/cover/netns: kernel", "/cover/version: kernel", "/proc: kernel", "/sandboxes/s1: sandbox"],
    );
    assert.deepEqual(warnings, []);
    await assert.rejects(copyTree(host, join(source, "sandboxes/s1/shared"), "/guest/c2", agent), {
      code: "EINVAL",
      reason: /inside a sandbox's directory/,
    });
    await share.cleanup();
  },
);

mountTest("an emptyDir in memory that is copied has a place for each share", async (scratch) => {
  const source = scratch.directory("kubernetes.io~empty-dir/scratch");
  mountTmpfs(source);
  writeFileSync(join(source, "seed"), "x");
  const { agent, sent } = listening();
  const share = new FilesystemShare(sandbox, { libc, agent });
  for (const random of ["0011223344556677", "8899aabbccddeeff"]) {
    const shared = await share.shareFile({ id: "c1" }, { source, destination: "/d" }, { random });
    assert.equal(shared?.guestPath, `/run/kata-containers/shared/containers/c1-${random}-d`);
    assert.ok(sent.includes(`${shared?.guestPath}/seed`));
  }
});
