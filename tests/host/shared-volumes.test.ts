import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Agent, FilesystemShare } from "../../ffi/mod.ts";
import { libc } from "../support/runtimes.ts";
import { containerWith } from "../support/sandbox/together.ts";
import { mountTest } from "../support/scratch.ts";
import { KubeletVolume, readVolume } from "../support/watch/kubelet-volume.ts";
import { version } from "../support/watch/place.ts";

mountTest(
  "a volume that is shared follows by itself: no agent is asked, nothing is watched",
  async (scratch) => {
    const volume = new KubeletVolume(
      join(scratch.directory("pods/p1"), "volumes/kubernetes.io~projected/settings"),
    );
    volume.write(version(1, "a"));
    const asked: string[] = [];
    const copyFile = async ({ path }: { path: string }) => {
      asked.push(path);
    };
    const close = async () => {};
    const agent: Agent = { copyFile, close, [Symbol.asyncDispose]: close };
    const onWatch = () => asked.push("watch");
    const sandbox = { id: "s1", hostDir: scratch.hostDir };
    const share = new FilesystemShare(sandbox, { libc, agent, onWatch });
    await share.prepare();
    const mount = { source: volume.path, destination: "/settings", type: "bind", options: ["rbind", "ro"] };
    const container = containerWith(scratch, "c1", [mount]);
    const { outcomes } = await share.shareContainer(container);
    volume.write(version(2, "a", "b"));
    await sleep(1200);
    assert.deepEqual(readVolume(String(outcomes[0]?.shared?.hostPath)), version(2, "a", "b"));
    assert.deepEqual(asked, []);
    await share.unshareContainer(container);
    await share.cleanup();
  },
);

mountTest(
  "an emptyDir that is shared twice has two shares, whether there is an agent or not",
  async (scratch) => {
    const source = scratch.directory("kubernetes.io~empty-dir/scratch");
    const close = async () => {};
    const agent: Agent = { copyFile: close, close, [Symbol.asyncDispose]: close };
    const share = new FilesystemShare({ id: "s1", hostDir: scratch.hostDir }, { libc, agent });
    await share.prepare();
    const paths = [];
    for (const [destination, options] of [
      ["/a/scratch", ["rbind"]],
      ["/b/scratch", ["rbind", "ro"]],
    ] as const) {
      const shared = await share.shareFile(
        { id: "c1" },
        { source, destination, type: "bind", options: [...options] },
      );
      paths.push(shared?.hostPath);
    }
    assert.equal(new Set(paths).size, 2);
    await share.cleanup();
  },
);
