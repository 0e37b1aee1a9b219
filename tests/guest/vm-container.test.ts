// Whose rights a container's program has, and where it is: each row has what runc gives the same bundle.
import assert from "node:assert/strict";
import { copyFileSync, renameSync, symlinkSync } from "node:fs";
import type { MachineContainer } from "../../vm/mod.ts";
import { findTool } from "../support/runner/tools.ts";
import type { Scratch } from "../support/scratch.ts";
import { endOf, machineTest } from "./support/vm-machine.ts";

const passwd = "root:x:0:0:root:/root:/bin/sh\nu:x:1000:1000::/home/u:/bin/sh";

function makeBundle(scratch: Scratch, more: readonly object[] = []): string {
  copyFileSync(findTool("busybox") as string, scratch.file("web/rootfs/bin/busybox", "", 0o755));
  const root = `${scratch.path}/web/rootfs`;
  for (const name of ["sh", "id", "stat", "touch", "rm", "cat", "ls", "sleep"])
    symlinkSync("busybox", `${root}/bin/${name}`);
  scratch.file("web/rootfs/etc/passwd", passwd);
  scratch.file("web/rootfs/real/deep/file");
  symlinkSync("/real", `${root}/absolute`);
  symlinkSync("../../../..", `${root}/outside`);
  const config = {
    root: { path: "rootfs" },
    process: {
      args: ["sh", "-c", 'id -u; id -G; echo "$HOME"; pwd; touch /tmp/made; stat -c %a /tmp/made'],
      env: ["PATH=/bin"],
      user: { uid: 1000, gid: 1001, additionalGids: [5, 77], umask: 0o077 },
      cwd: "/srv/made for it",
    },
    mounts: [{ destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["mode=1777"] }, ...more],
  };
  scratch.file("web/config.json", JSON.stringify(config));
  return `${scratch.path}/web`;
}

type Process = NonNullable<MachineContainer["process"]>;

const rows: readonly (readonly [Process, string])[] = [
  [{}, "1000\n1001 5 77\n/home/u\n/srv/made for it\n600\n"],
  [
    { user: { uid: 0, gid: 0, additionalGids: [6] }, cwd: "/absolute/deep" },
    "0\n0 6\n/root\n/real/deep\n644\n",
  ],
  [{ user: { uid: 7, gid: 8 }, cwd: "/outside/tmp" }, "7\n8\n/\n/tmp\n644\n"],
  [
    { user: { uid: 0, gid: 4 }, env: ["PATH=/bin", "HOME=/h h"], cwd: "/bin/../srv//./" },
    "0\n4\n/h h\n/srv\n644\n",
  ],
];

machineTest(
  "a container's program has all groups of its user, his home, its umask, and its directory",
  async ({ scratch, shares, machine }) => {
    const web = await shares.addContainer(makeBundle(scratch));
    await machine.refresh();
    for (const [process, expected] of rows) {
      const { code, stdout, stderr } = await endOf(machine, web.process.args, {
        in: { rootPath: web.rootPath, process: { ...web.process, ...process } },
      });
      assert.deepEqual([code, stdout, stderr], [0, expected, ""], JSON.stringify(process));
      await endOf(machine, ["sh", "-c", "rm /tmp/made"], { in: web, user: { uid: 0, gid: 0 } });
    }
    for (const user of [
      { uid: 0, gid: 0, additionalGids: [-1] },
      { uid: 0, gid: 0, umask: 0o1000 },
    ])
      await assert.rejects(machine.run(["true"], { user }), /no such number/);
    assert.equal((await endOf(machine, ["sh", "-c", "ls /machine"])).stdout.includes("member"), false);
    await web.remove();
  },
);

machineTest(
  "a configmap of a container that runs follows its changes, though nothing is shared or removed",
  async ({ scratch, shares, machine }) => {
    const volume = scratch.directory("pods/p1/volumes/kubernetes.io~configmap/conf");
    const turnOver = (version: string) => {
      scratch.file(`pods/p1/volumes/kubernetes.io~configmap/conf/${version}/greeting`, version);
      symlinkSync(version, `${volume}/..data_tmp`);
      renameSync(`${volume}/..data_tmp`, `${volume}/..data`);
    };
    turnOver("..1");
    symlinkSync("..data/greeting", `${volume}/greeting`);
    const mount = { destination: "/conf", type: "bind", source: volume, options: ["rbind", "ro"] };
    const web = await shares.addContainer(makeBundle(scratch, [mount]));
    await machine.refresh();
    const wait = "while [ $(cat /conf/greeting) != $0 ]; do sleep 0.2; done; ls -A /conf";
    for (const version of ["..2", "..new", "..3"]) {
      turnOver(version);
      const { stdout } = await endOf(machine, ["sh", "-c", wait, version], { in: web });
      assert.ok(stdout.split("\n").includes("greeting"), stdout);
    }
    await web.remove();
  },
);
