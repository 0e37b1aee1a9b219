import fc from "fast-check";
import { mountInfo } from "./arbitrary-disks.ts";
import { bindOptions, type MountCase } from "./mount-case.ts";

/** A disk of the host. */
export const disk: fc.Arbitrary<MountCase> = fc
  .tuple(fc.constantFrom("bind", "bind", "none", ""), bindOptions)
  .map(
    ([type, options]): MountCase => ({
      mount: { type, source: "/mnt/disks/block", options: ["rbind", ...options] },
      host: { kind: "block" },
      isDisk: true,
    }),
  );

/** A file that is attached as a disk. */
export const diskFile: fc.Arbitrary<MountCase> = fc
  .tuple(fc.constantFrom("ext4", "xfs", "bind"), bindOptions)
  .map(
    ([type, options]): MountCase => ({
      mount: {
        type,
        source: "/mnt/disks/file",
        options: [
          "io.katacontainers.fs-opt.block_device=file",
          ...options.filter((word) => !word.endsWith("bind")),
        ],
      },
      host: { kind: "file" },
      isDisk: true,
    }),
  );

/** A directory whose disk a CSI driver leaves to the guest. */
export const direct: fc.Arbitrary<MountCase> = fc.tuple(mountInfo, bindOptions).map(
  ([mountInfo, options]): MountCase => ({
    mount: { type: "bind", source: "/mnt/directory/direct", options },
    host: { kind: "directory" },
    isDisk: true,
    mountInfo,
  }),
);
