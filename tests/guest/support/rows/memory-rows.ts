import assert from "node:assert/strict";
import { chownSync, readdirSync } from "node:fs";
import type { Mount } from "../../../../ffi/mod.ts";
import { mount as mountWith } from "../../../support/mounts.ts";
import type { Scratch } from "../../../support/scratch.ts";
import { KubeletVolume } from "../../../support/watch/kubelet-volume.ts";
import { eventually } from "../eventually.ts";
import { image } from "./image.ts";
import type { Row } from "./row.ts";

function emptyDir(scratch: Scratch, name: string, type: string, options: string): Mount {
  const source = scratch.directory(`pods/p1/volumes/kubernetes.io~empty-dir/${name}`);
  mountWith("-t", type, "-o", options, "volume", source);
  return { destination: `/${name}`, source, type: "bind", options: ["rbind"] };
}

const inMemory: Row = {
  what: "memory, huge pages and directories of the guest are in the containers, with their groups",
  sandbox: { shmSize: 1 << 20, disableGuestEmptyDir: false },
  see: async ({ scratch, pod, guest }) => {
    const root = image(scratch, "image", "cache", "disk", "pages");
    await pod.start({ id: "s1", rootFs: { target: image(scratch, "pause") } });
    const cache = emptyDir(scratch, "cache", "tmpfs", "mode=0777");
    chownSync(cache.source as string, 0, 2000);
    const disk = emptyDir(scratch, "disk", "ramfs", "defaults");
    const pages = emptyDir(scratch, "pages", "hugetlbfs", "pagesize=2M");
    const shm = { destination: "/dev/shm", type: "tmpfs", source: "shm" };
    const hugepageLimits = [{ pageSize: "2MB", limit: 4 << 20 }];
    const volumes = { rootFs: { target: root }, mounts: [cache, disk, pages, shm], hugepageLimits };
    await pod.start({ id: "c1", ...volumes });
    const types = await pod.print("c1", "stat -f -c %T /cache /pages /dev/shm");
    assert.equal(types, "tmpfs\nUNKNOWN\ntmpfs");
    const modes = await pod.print("c1", "stat -c '%a %g' /cache /disk");
    await pod.print("c1", "for at in cache disk dev/shm; do echo of c1 > /$at/file; done");
    await pod.start({ id: "c2", rootFs: { target: root }, mounts: [cache, disk, shm] });
    const read = await pod.print("c2", "cat /cache/file /disk/file /dev/shm/file");
    assert.equal(read, "of c1\nof c1\nof c1");
    await pod.remove("c1");
    assert.equal(await pod.print("c2", "cat /cache/file"), "of c1");
    assert.deepEqual(readdirSync(disk.source as string), []);
    assert.equal((await guest.read("/proc/meminfo")).match(/HugePages_Total: +(\d+)/)?.[1], "2");
    return [types, modes, read];
  },
};

// A program is started for each look, which an emulated guest of a busy machine takes seconds for.
const LATEST_MS = 120_000;

/** A configmap whose keys have this content. */
function settings(scratch: Scratch): { volume: KubeletVolume; mounts: Mount[] } {
  const path = scratch.directory("pods/p1/volumes/kubernetes.io~configmap/settings");
  const volume = new KubeletVolume(path);
  volume.write({ a: "1", b: "1" });
  return {
    volume,
    mounts: [{ destination: "/settings", source: path, type: "bind", options: ["rbind", "ro"] }],
  };
}

const watched: Row = {
  what: "a configmap of two containers follows its changes, also when one of them is started anew",
  see: async ({ scratch, pod }) => {
    const root = image(scratch, "image", "settings");
    const { volume, mounts } = settings(scratch);
    for (const id of ["c1", "c2"]) await pod.start({ id, rootFs: { target: root }, mounts });
    const has = (id: string, content: string) =>
      eventually(
        async () => assert.equal(await pod.print(id, "cat /settings/a /settings/b"), content),
        LATEST_MS,
      );
    for (const id of ["c1", "c2"]) await has(id, "11");
    volume.write({ a: "2", b: "2" });
    for (const id of ["c1", "c2"]) await has(id, "22");
    await pod.remove("c1");
    await has("c2", "22");
    volume.write({ a: "3", b: "3" });
    await has("c2", "33");
    await pod.start({ id: "c1", rootFs: { target: root }, mounts });
    await has("c1", "33");
    volume.write({ a: "4", b: "4" });
    for (const id of ["c1", "c2"]) await has(id, "44");
    return "44";
  },
};

/** Rows about what the guest has in its memory. */
export const memoryRows: readonly Row[] = [inMemory, watched];
