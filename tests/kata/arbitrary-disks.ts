import fc from "fast-check";
import type { BlockDrive } from "../../mod.ts";
import { rarely } from "./rarely.ts";

const disk = fc.record(
  {
    kind: rarely<NonNullable<BlockDrive["kind"]>>("vhost-user-blk", "block"),
    format: fc.constantFrom("", "ext4"),
    pmem: rarely(true, false),
    pciPath: fc.constantFrom("02", "1e/0f", "00/1e/0f"),
  },
  { requiredKeys: ["pciPath"] },
);

/** The disks of a container, each with addresses of its own for every driver. */
export function blockDrives(count: number): fc.Arbitrary<BlockDrive[]> {
  return fc.array(disk, { minLength: count, maxLength: count }).map((all) =>
    all.map(({ pciPath, ...drive }, at) => ({
      ...drive,
      pciPath: `${pciPath}/0${at}`,
      virtPath: `/dev/vd${"abcdefgh"[at]}`,
      devNo: `0.0.000${at}`,
      scsiAddr: `${at % 2}:${at}`,
      nvdimmId: String(at),
    })),
  );
}

const metadata = fc.record(
  {
    fsGroup: fc.oneof(
      rarely("0", "1"),
      rarely("4294967296", "1000"),
      rarely("-1", "4294967295"),
      rarely("x", "7"),
    ),
    fsGroupChangePolicy: fc.oneof(rarely("Sometimes", "Always"), rarely("", "OnRootMismatch")),
    createFilesystem: fc.oneof(rarely("yes", "true"), fc.constantFrom("false", "1", "T")),
    encryptionKey: fc.constantFrom("ephemeral", ""),
    other: fc.constant("x"),
  },
  { requiredKeys: [] },
);

/** The text of a mountInfo.json. */
export const mountInfo: fc.Arbitrary<string> = fc
  .record(
    {
      "volume-type": fc.constantFrom("block", "blk"),
      device: fc.constantFrom("/mnt/disks/file", "/mnt/disks/block"),
      fstype: fc.constantFrom("ext4", "xfs", ""),
      metadata,
      options: fc.oneof(
        {
          weight: 12,
          arbitrary: fc.subarray(["ro", "rw", "noatime", "discard", "bind", "rbind", "rslave"], {
            maxLength: 3,
          }),
        },
        { weight: 1, arbitrary: fc.constant(["remount"]) },
      ),
    },
    { requiredKeys: ["volume-type", "device", "fstype"] },
  )
  .map((info) => JSON.stringify(info));
