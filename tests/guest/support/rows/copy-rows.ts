import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { changeDisk, makeDisk } from "../../../support/guest/disk-image.ts";
import { KubeletVolume } from "../../../support/watch/kubelet-volume.ts";
import { eventually } from "../eventually.ts";
import { fillImage } from "./image.ts";
import type { Row } from "./row.ts";

/** A program is started for each look, which an emulated guest of a busy machine takes seconds for. */
const LATEST_MS = 120_000;

/** Rows where nothing is shared. */
export const copyRows: readonly Row[] = [
  {
    what: "where nothing is shared, the root is a disk, files are copied, and a configmap follows its changes",
    sandbox: { sharedFs: "none", blockDeviceDriver: "virtio-scsi" },
    disks: (scratch) => {
      const disk = makeDisk(scratch, "root.img", "ext4");
      changeDisk(scratch, disk, (directory) => {
        mkdirSync(`${directory}/rootfs`);
        fillImage(`${directory}/rootfs`, "data", "settings");
      });
      return [{ file: disk, at: { scsiAddr: "0:1" } }];
    },
    see: async ({ scratch, pod, shareWith, agent }) => {
      scratch.file("data/below/file", "of the host");
      chmodSync(scratch.file("data/secret", "secret"), 0o600);
      const path = scratch.directory("pods/p1/volumes/kubernetes.io~configmap/settings");
      const settings = new KubeletVolume(path);
      settings.write({ a: "1", "b/c": "1" });
      const bind = (destination: string, source: string) => ({
        ...{ destination, source, type: "bind", options: ["rbind", "ro"] },
      });
      const mounts = [bind("/data", `${scratch.path}/data`), bind("/settings", path)];
      const share = shareWith({ kubeletRootDir: scratch.path }, { agent });
      await pod.start({ id: "c1", fstype: "ext4", blockDrive: { scsiAddr: "0:1" }, mounts }, { share });
      const read = await pod.print(
        "c1",
        "cat /data/below/file; echo; stat -c '%a %u' /data/secret; cat /settings/a",
      );
      assert.equal(read, "of the host\n600 0\n1");
      settings.write({ a: "2", "b/c": "2" });
      await eventually(
        async () => assert.equal(await pod.print("c1", "cat /settings/a /settings/b/c"), "22"),
        LATEST_MS,
      );
      await pod.remove("c1");
      return read;
    },
  },
];
