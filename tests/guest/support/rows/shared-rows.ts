import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { eventually } from "../eventually.ts";
import { hostTree } from "../tree.ts";
import { image } from "./image.ts";
import type { Row } from "./row.ts";

const bind = (destination: string, source: string, ...options: string[]) => ({
  ...{ destination, source, type: "bind", options: ["rbind", "rprivate", ...options] },
});

/** What a shell may try to write to what is read-only, where it may mount. */
const attempts = [
  "echo x > /closed/file",
  "echo x > /closed/new",
  "rm /closed/file",
  "chmod 777 /closed/file",
  "mount -o remount,rw /closed && echo x > /closed/file",
  "mount -o remount,bind,rw /closed && echo x > /closed/file",
];

/** Rows about files that are shared through virtiofs. */
export const sharedRows: readonly Row[] = [
  {
    what: "a bind root and shares: the program sees its files, and what it writes is on the host",
    see: async ({ scratch, pod }) => {
      const root = image(scratch, "image", "data", "config");
      scratch.file("image/etc/hosts", "");
      scratch.file("data/file", "of the host");
      const mounts = [
        bind("/data", `${scratch.path}/data`, "rw"),
        bind("/etc/hosts", scratch.file("hosts", "127.0.0.1 localhost"), "ro"),
      ];
      await pod.start({ id: "c1", rootFs: { target: root }, mounts });
      const read = await pod.print("c1", "cat /data/file /etc/hosts");
      await pod.print("c1", "echo by the program > /data/new; rm /data/file; echo root > /etc/own");
      assert.equal(readFileSync(`${scratch.path}/data/new`, "utf8"), "by the program\n");
      assert.equal(readFileSync(`${root}/etc/own`, "utf8"), "root\n");
      assert.deepEqual(readdirSync(`${scratch.path}/data`), ["new"]);
      return read;
    },
  },
  {
    what: "a read-only share and a read-only root stay as they are, whatever root in the container tries",
    see: async ({ scratch, pod }) => {
      const root = image(scratch, "image", "closed");
      scratch.file("closed/file", "of the host");
      const before = [hostTree(`${scratch.path}/closed`), hostTree(root)];
      const capabilities = ["CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_CHOWN", "CAP_MKNOD"];
      const mounts = [bind("/closed", `${scratch.path}/closed`, "ro")];
      const rootFs = { target: root, type: "bind", options: ["ro"] };
      await pod.start({ id: "c1", rootFs, mounts, readonlyRootfs: true }, { capabilities });
      const statuses: number[] = [];
      for (const line of [...attempts, "echo x > /etc/new"])
        statuses.push(Number((await pod.run("c1", line)).status !== 0));
      assert.deepEqual(
        statuses,
        [...attempts, ""].map(() => 1),
      );
      assert.deepEqual([hostTree(`${scratch.path}/closed`), hostTree(root)], before);
      return pod.print("c1", "cat /closed/file");
    },
  },
  {
    what: "a directory that two containers have on /dev/ gets no devices, and their root gets none",
    see: async ({ scratch, pod }) => {
      const root = image(scratch, "image");
      scratch.file("devices/file", "of the host");
      const mounts = [bind("/dev/", `${scratch.path}/devices`)];
      const before = [hostTree(`${scratch.path}/devices`), hostTree(root)];
      for (const id of ["c1", "c2"]) await pod.start({ id, rootFs: { target: root, type: "bind" }, mounts });
      const read = [await pod.print("c1", "ls /dev"), await pod.print("c2", "cat /dev/file")];
      assert.deepEqual([hostTree(`${scratch.path}/devices`), hostTree(root)], before);
      return read;
    },
  },
  {
    what: "a hundred containers are in one sandbox, each with its own files",
    needs: "many containers",
    see: async ({ scratch, pod }) => {
      const ids = Array.from({ length: 100 }, (_, at) => `c${100 + at}`);
      const root = image(scratch, "image", "own");
      for (const id of ids) {
        scratch.file(`own/${id}/name`, id);
        const mounts = [bind("/own", `${scratch.path}/own/${id}`)];
        const args = ["/bin/sh", "-c", "cat /own/name > /own/by; sleep 1000000"];
        await pod.start({ id, rootFs: { target: root, type: "bind" }, mounts }, { args });
      }
      const by = (id: string) => readFileSync(`${scratch.path}/own/${id}/by`, "utf8");
      await eventually(async () => assert.deepEqual(ids.map(by), ids));
      for (const id of ["c100", "c155", "c199"]) assert.equal(await pod.print(id, "cat /own/name"), id);
      await pod.remove("c150");
      return pod.print("c151", "ls /own");
    },
  },
];
