import assert from "node:assert/strict";
import { type DiskDriver, type GuestDisk, guestScript } from "../../vm/mod.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { mountTest } from "../support/scratch.ts";
import { PlayedGuest } from "./support/played-guest.ts";
import { shells } from "./support/shells.ts";

// A machine that this one is not: /sys and /dev are the test's own there.

const pci = "/sys/devices/pci0000:00";
const disks = {
  vda: [`${pci}/0000:00:02.0/virtio1/block/vda`],
  vdb: [`${pci}/0000:00:02.0/0000:01:03.0/virtio2/block/vdb`],
  vdc: [`${pci}/0000:00:02.0/0000:01:03.5/virtio3/block/vdc`],
  vdd: ["/sys/devices/platform/4010000000.pcie/pci0000:00/0000:00:1f.0/virtio4/block/vdd"],
  sda: ["/sys/bus/scsi/devices/3:0:0:1/block/sda"],
  sdb: ["/sys/bus/scsi/devices/3:0:1:10/block/sdb"],
  dasda: ["/sys/bus/ccw/devices/0.0.0a01/virtio5/block/dasda"],
  pmem1: ["/sys/class/block/pmem1"],
};

const rows: readonly [driver: DiskDriver, source: string, device: string | undefined][] = [
  ["blk", "02", "vda"],
  ["blk", "02/03", "vdb"],
  ["blk", "02/03.5", "vdc"],
  ["blk", "1f", "vdd"],
  ["blk", "03", undefined],
  ["blk", "02/04", undefined],
  ["scsi", "0:1", "sda"],
  ["scsi", "1:10", "sdb"],
  ["scsi", "1:1", undefined],
  ["blk-ccw", "0.0.0a01", "dasda"],
  ["blk-ccw", "0.0.0a02", undefined],
  ["nvdimm", "/dev/pmem1", "pmem1"],
  ["mmioblk", "/dev/vdz", undefined],
];

function setUp(guest: PlayedGuest): void {
  const nodes = Object.keys(disks).map((name) => `mknod /dev/${name} b 7 200`);
  const lines = [
    ...[
      "mount -t tmpfs sys /sys",
      "mkdir -p /sys/class/scsi_host/host3",
      "true >/sys/class/scsi_host/host3/scan",
      "mount -t tmpfs dev /dev",
    ],
    ...["mknod -m 666 /dev/null c 1 3", "ln -s /proc/self/fd /dev/fd"],
    ...Object.values(disks).map(([path]) => `mkdir -p ${path}`),
    ...nodes,
  ];
  guest.run("sh", "-ec", lines.join("\n"));
}

for (const { name, shell } of shells) {
  mountTest(
    `${name}: a disk is found by its address, and one that does not come is named when patience is over`,
    async (scratch) => {
      const guest = await new PlayedGuest(scratch, shell).start();
      try {
        setUp(guest);
        const target = `${guest.path}/disk`;
        // What would be mounted is told instead.
        const told = 'mount() { echo "mount $*" >&2; }\n';
        for (const [driver, source, device] of rows) {
          const disk: GuestDisk = {
            kind: "disk",
            driver,
            source,
            filesystem: "ext4",
            target,
            options: ["ro"],
          };
          const expected =
            device === undefined
              ? { status: 1, said: `guestshare: there is no disk ${driver} ${source} for ${target}\n` }
              : { status: 0, said: `mount -t ext4 -o ro -- /dev/${device} ${target}\n` };
          assert.deepEqual(
            guest.runScript(told + guestScript([disk], { patienceSeconds: 0.1 })),
            expected,
            source,
          );
        }
        assert.match(guest.run("cat", "/sys/class/scsi_host/host3/scan"), /^0 1 1\n$/);
      } finally {
        await guest.end();
      }
    },
    { skip: !isMachineRoot && "only the machine's root makes devices" },
  );

  mountTest(
    `${name}: a disk that comes later is waited for`,
    async (scratch) => {
      const guest = await new PlayedGuest(scratch, shell).start();
      try {
        setUp(guest);
        const target = `${guest.path}/disk`;
        const disk = {
          kind: "disk",
          driver: "mmioblk",
          source: "/dev/vdl",
          filesystem: "ext4",
          target,
          options: [],
        } as const;
        const later =
          "(sleep 0.3; mkdir -p /sys/class/block/vdl; mknod /dev/vdl b 7 200) &\nmount() { echo mounted >&2; }\n";
        const result = guest.runScript(later + guestScript([disk], { patienceSeconds: 20 }));
        assert.deepEqual(result, { status: 0, said: "mounted\n" });
      } finally {
        await guest.end();
      }
    },
    { skip: !isMachineRoot && "only the machine's root makes devices" },
  );
}
