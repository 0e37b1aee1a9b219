import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { LaunchError, launchArguments, type QemuOptions, qemuArguments } from "../../vm/mod.ts";
import { findTool } from "../support/runner/tools.ts";
import { mountTest } from "../support/scratch.ts";

const share = { socket: "/run/v.sock", tag: "guestshare" };
const at = { virtPath: "/dev/vda" };
const disk = (more: object) => ({ disks: [{ file: "/disk.img", at, ...more }] });

const hostile: Readonly<Record<string, readonly unknown[]>> = {
  machine: ["pc,nvdimm=on", "virt", "", 1],
  accelerator: ["xen", "kvm,dirty-ring-size=1", ""],
  memoryMiB: [0, -1, 1.5, Number.NaN, "256M", 2 ** 40],
  cpus: [0, "1,maxcpus=2", 1.5, 1e9],
  kernel: ["", "vmlinuz", "-nodefaults", "/a\0b", 3],
  initramfs: ["initrd", "/\ud800"],
  commandLine: ["quiet", [""], ["a b"], ['a"b'], ["a\nb"], ["a\0"], [1], ["x".repeat(2048)]],
  share: [null, "s", {}, { ...share, cache: 1 }],
  disks: ["x", {}, [null], ["/disk.img"]],
  serial: ["stdio"],
  __proto: [1],
};

const hostileShare: Readonly<Record<string, readonly unknown[]>> = {
  socket: ["", "v.sock", "/a\nb", "/a\0", `/${"a".repeat(107)}`],
  tag: ["", "a\nb", "a\0b", "é".repeat(19), "\ud800", undefined],
  queueSize: [0, 1, 3, 1000, 2048, "64", -2],
};

const hostileDisk: Readonly<Record<string, readonly unknown[]>> = {
  file: ["", "disk.img", "nbd:localhost:1", "json:{}", "fat:/etc", "/a\0b", 7],
  format: ["vmdk", "raw,readonly=off", ""],
  readOnly: ["on", 1],
  sizeBytes: [0, -1, 1.5, "1G"],
  at: [
    ...[null, "0:1", {}, { kind: "vhost-user-blk", ...at }, { pciPath: "02/03", ...at }],
    ...[
      { pciPath: "" },
      { pciPath: "2/3" },
      { pciPath: "02/03/04" },
      { pciPath: "../02" },
      { pciPath: "20" },
    ],
    ...[{ pciPath: "02,bus=pci.0" }, { scsiAddr: "0" }, { scsiAddr: "0:1,x=y" }, { scsiAddr: "256:0" }],
    ...[{ scsiAddr: "0:16384" }, { scsiAddr: "-1:0" }, { virtPath: "/dev/sda" }, { virtPath: "/dev/vdb" }],
    ...[
      { virtPath: "/dev/vda1" },
      { nvdimmId: "0" },
      { nvdimmId: "x" },
      { nvdimmId: 0 },
      { devNo: "0.0.0001" },
    ],
  ],
};

function refuses(options: object, path: string): void {
  assert.throws(
    () => qemuArguments({ kernel: "/vmlinuz", share, ...options } as QemuOptions),
    (error) => error instanceof LaunchError && error.path.startsWith(path) && error.message.length < 600,
    `${path}: ${JSON.stringify(options)}`,
  );
}

test("each field of a machine refuses what it cannot be, by name", () => {
  for (const [name, values] of Object.entries(hostile))
    for (const value of values) refuses({ [name]: value }, name);
  for (const [name, values] of Object.entries(hostileShare))
    for (const value of values) refuses({ share: { ...share, [name]: value } }, `share.${name}`);
  for (const [name, values] of Object.entries(hostileDisk))
    for (const value of values) refuses(disk({ [name]: value }), "disks[0]");
  assert.throws(() => qemuArguments(disk({ at: {} })), { path: "disks[0].at", message: /pciPath, scsiAddr/ });
  refuses(disk({ isReadOnly: true }), "disks[0].isReadOnly"); // it would be writable
});

test("what needs a kernel is refused without one, and an address is one disk's", () => {
  const bare = (options: QemuOptions) => () => qemuArguments(options);
  assert.throws(bare({ initramfs: "/initrd" }), { path: "initramfs" });
  assert.throws(bare({ commandLine: ["quiet"] }), { path: "commandLine" });
  const twice = [
    { file: "/a", at: { scsiAddr: "0:1" } },
    { file: "/b", at: { scsiAddr: "0:1" } },
  ];
  assert.throws(bare({ disks: twice }), { path: "disks[1].at" });
  const onScsi = { disks: [{ file: "/a", at: { scsiAddr: "0:1" } }] };
  assert.throws(bare({ machine: "microvm", ...onScsi }), { path: "disks[0].at" });
  assert.throws(bare(disk({ at: { nvdimmId: "0" }, sizeBytes: 4096, format: "qcow2" })), {
    path: "disks[0].format",
  });
});

test("a hypervisor without a device for shares is refused, and told what there is instead", () => {
  for (const hypervisor of ["firecracker", "acrn", "remote"] as const)
    assert.throws(() => launchArguments(hypervisor, { share }), { path: "hypervisor", message: /copies/ });
  for (const hypervisor of ["dragonball", "stratovirt", "xen", "__proto__"])
    assert.throws(() => launchArguments(hypervisor as "qemu", { share }), { path: "hypervisor" });
  assert.deepEqual(launchArguments("qemu", { share }), qemuArguments({ share }));
});

// Each is refused before it begins if QEMU does not take it. The device for shares connects at once, so that it is not here.
const qemu = findTool("qemu-system-x86_64");
const machines: readonly (QemuOptions & { readonly machine: "pc" | "q35" | "microvm" })[] = [
  { machine: "q35", cpus: 2 },
  { machine: "pc", memoryMiB: 64, disks: [{ file: "pmem", at: { nvdimmId: "0" }, sizeBytes: 2 ** 21 }] },
  {
    ...{ machine: "q35" },
    disks: [
      { file: "a,b", at: { pciPath: "02/03" }, readOnly: true },
      { file: "a,b=c", at: { pciPath: "02/1f" } },
      { file: "-x", at: { pciPath: "03/00.0" } },
      { file: "disk", at: { pciPath: "1d" } },
      { file: "file=", at: { scsiAddr: "255:16383" }, readOnly: true },
      { file: "readonly", at: { nvdimmId: "0" }, sizeBytes: 2 ** 21, readOnly: true },
      { file: "virt", at: { virtPath: "/dev/vda" } },
    ],
  },
  {
    ...{ machine: "microvm" },
    disks: [
      { file: "m1", at: { virtPath: "/dev/vda" } },
      { file: "m2", at: { virtPath: "/dev/vdb" }, readOnly: true },
    ],
  },
];

for (const [index, machine] of machines.entries()) {
  mountTest(
    `QEMU takes the line of machine ${index}, a ${machine.machine}, and has its disks under their names`,
    async (scratch) => {
      const disks = (machine.disks ?? []).map((one) => {
        const file = scratch.file(`odd ,,dir/${one.file}`, "");
        writeFileSync(file, "");
        truncateSync(file, 2 ** 21);
        return { ...one, file };
      });
      const args = qemuArguments({ memoryMiB: 32, ...machine, accelerator: "tcg", disks });
      const running = promisify(execFile)(qemu as string, [...args, "-S", "-monitor", "stdio"], {
        timeout: 60_000,
      });
      running.child.stdin?.end("info block\ninfo memory-devices\nquit\n");
      const { stdout } = await running;
      for (const { file, at: where } of disks) {
        const shown = where.nvdimmId === undefined ? `${file} (raw` : "memdev: /objects/disk";
        assert.ok(stdout.includes(shown), `${shown} is not in ${stdout}`);
      }
    },
    { skip: qemu === undefined && "qemu-system-x86_64 is not installed" },
  );
}
