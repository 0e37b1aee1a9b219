import assert from "node:assert/strict";
import { chownSync } from "node:fs";
import { withFacts } from "../../ffi/facts.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import type { Mount, Sandbox } from "../../ffi/mod.ts";
import { requestError } from "../support/errors.ts";
import { lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mountTmpfs, mount as mountWith } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { libc } from "../support/runtimes.ts";
import { containerWith } from "../support/sandbox/together.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors } from "../support/state.ts";

// A directory of an emptyDir, as it is, or where kubelet mounts the subPath of a container.

const ENOSYS = 38;
const ways = {
  "": libc,
  " on a kernel before 6.8": withoutUniqueIds(lacking(libc, { statmount: ENOSYS, open_tree_attr: ENOSYS })),
};

const volumes = "pods/p1/volumes/kubernetes.io~empty-dir";
const guestVolume = "/run/kata-containers/sandbox/ephemeral/cache";

const bind = (source: string, destination = "/x"): Mount => ({
  ...{ source, destination, type: "bind", options: ["rbind", "rprivate", "rw"] },
});

/** What kubelet makes of a subPath: a mount of that directory or file. */
function subPath(scratch: Scratch, volume: string, inner: string, container = "web"): string {
  const isFile = inner.endsWith(".conf");
  const made = isFile ? scratch.file(`${volume}/${inner}`) : scratch.directory(`${volume}/${inner}`);
  const name = volume.slice(volume.lastIndexOf("/") + 1);
  const place = `pods/p1/volume-subpaths/${name}/${container}/0`;
  const target = isFile ? scratch.file(place) : scratch.directory(place);
  mountWith("--bind", made, target);
  return target;
}

function factsOf(source: string, way = libc) {
  const looked = withFacts(hostOf(way), { id: "c1", mounts: [bind(source)] }, { limits: { timeoutMs: 0 } });
  assert.ok(!(looked instanceof Promise), "what is on this machine is seen at once");
  const { emptyDirPath, isMountPoint } = looked.mounts?.[0]?.facts ?? {};
  return { emptyDirPath, isMountPoint };
}

for (const [when, way] of Object.entries(ways)) {
  mountTest(`where a source lies in an emptyDir is seen${when}`, (scratch) => {
    const { path } = scratch;
    const memory = scratch.directory(`${volumes}/cache`);
    mountTmpfs(memory);
    scratch.directory(`${volumes}/disk/plain`);
    const before = descriptors();
    for (const [source, inner, isMountPoint] of [
      [subPath(scratch, `${volumes}/cache`, "logs/wéb", "a"), "cache/logs/wéb", true],
      [subPath(scratch, `${volumes}/cache`, "app.conf", "b"), "cache/app.conf", true],
      [subPath(scratch, `${volumes}/disk`, "logs/web", "c"), "disk/logs/web", false],
      [scratch.directory(`${volumes}/cache/logs`), "cache/logs", true],
      [`${path}/${volumes}/disk/plain`, "disk/plain", false],
      [`${path}/${volumes}//cache/./logs/../logs/`, "cache/logs", true],
      [`${path}/${volumes}/cache/logs/..`, undefined, undefined],
    ] as const) {
      const emptyDirPath = inner && `${path}/${volumes}/${inner}`;
      const expected = { emptyDirPath, isMountPoint };
      assert.deepEqual(factsOf(source, way), expected, source);
    }
    assert.equal(descriptors(), before);
  });

  mountTest(`what only looks like a subPath of an emptyDir is none${when}`, (scratch) => {
    const none = { emptyDirPath: undefined, isMountPoint: undefined };
    mountTmpfs(scratch.directory("pods/p1/volumes/kubernetes.io~secret/key"));
    assert.deepEqual(factsOf(subPath(scratch, "pods/p1/volumes/kubernetes.io~secret/key", "a"), way), none);
    // Kubelet has unmounted it, or another volume of that name is there.
    mountTmpfs(scratch.directory(`${volumes}/cache`));
    const elsewhere = { emptyDirPath: undefined, isMountPoint: false };
    assert.deepEqual(factsOf(scratch.directory("pods/p1/volume-subpaths/cache/web/0"), way), elsewhere);
    mountTmpfs(scratch.directory(`${volumes}/cache/own`));
    assert.deepEqual(factsOf(`${scratch.path}/${volumes}/cache/own`, way), elsewhere);
  });
}

mountTest(
  "a container's subPath of an emptyDir in memory is in the volume of the others",
  async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const memory = scratch.directory(`${volumes}/cache`);
    mountTmpfs(memory);
    const inner = subPath(scratch, `${volumes}/cache`, "logs/web");
    chownSync(inner, 0, isMachineRoot ? 2000 : 0);
    const whole = await share.shareContainer(containerWith(scratch, "c1", [bind(memory)]));
    const part = await share.shareContainer(containerWith(scratch, "c2", [bind(inner, "/logs")]));
    assert.equal(whole.mounts[0]?.source, guestVolume);
    assert.equal(part.mounts[0]?.source, `${guestVolume}/logs/web`);
    assert.deepEqual(
      part.storages.map(({ driver, mountPoint }) => `${driver} ${mountPoint}`),
      [`ephemeral ${guestVolume}`, `local ${guestVolume}/logs/web`],
    );
    assert.deepEqual(part.storages[1]?.options, ["mode=0777", ...(isMachineRoot ? ["fsgid=2000"] : [])]);
    const file = subPath(scratch, `${volumes}/cache`, "app.conf", "other");
    const error = await requestError(share.shareContainer(containerWith(scratch, "c3", [bind(file)])));
    assert.deepEqual([error.code, error.path], ["file-of-the-host", "container.mounts[0].source"]);
  },
);

const modes: readonly [sandbox: Partial<Sandbox>, guestPath: RegExp][] = [
  [{}, /\/sandbox-[0-9a-f]{16}-0$/],
  [{ disableGuestEmptyDir: false }, /\/s1\/rootfs\/local\/disk\/logs$/],
];
for (const [sandbox, guestPath] of modes) {
  mountTest(
    `with ${JSON.stringify(sandbox)} a subPath of an emptyDir on a disk is where that is`,
    async (scratch) => {
      const share = scratch.share(sandbox);
      await share.prepare();
      const inner = subPath(scratch, `${volumes}/disk`, "logs");
      const { mounts } = await share.shareContainer(containerWith(scratch, "c1", [bind(inner, "/0")]));
      assert.match(mounts[0]?.source ?? "", guestPath);
    },
  );
}

mountTest("of an emptyDir that has to be a disk a subPath is refused without one", async (scratch) => {
  const share = scratch.share({ emptydirMode: "block-plain" });
  await share.prepare();
  const container = containerWith(scratch, "c1", [bind(subPath(scratch, `${volumes}/disk`, "logs"))]);
  const error = await requestError(share.shareContainer(container));
  assert.deepEqual([error.code, error.path], ["missing-field", "container.mounts[0].blockDrive"]);
});
