import fc from "fast-check";
import type { BlockDrive } from "../../mod.ts";
import type { ContainerQuestion, HostPath } from "./question.ts";

/** What makes a root filesystem, of these disks where it needs some, and what the host has of it. */
export type Root = (disks: readonly [BlockDrive, BlockDrive, BlockDrive]) => RootParts;

type RootParts = Pick<ContainerQuestion, "rootFs"> &
  Partial<Pick<ContainerQuestion, "root" | "host" | "drives">>;

const bundleRoot: Root = () => ({});
const bindRoot: Root = () => ({ rootFs: { type: "bind", source: "/mnt/root", options: ["rbind", "ro"] } });

const suffix = fc.constantFrom<{ suffix?: string }>({}, { suffix: "rootfs" }, { suffix: "" });
const diskRoot = fc.tuple(suffix, fc.constantFrom("ext4", "xfs", "btrfs")).map(
  ([end, fstype]): Root =>
    ([disk]) => ({
      rootFs: { source: "/mnt/disks/root", type: fstype, options: [] },
      root: { ...end, fstype, blockDrive: disk },
      host: [{ path: "/mnt/disks/root", kind: "block" }],
    }),
);

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const nydus = base64({ source: "/boot", config: "{}", snapshotdir: "/mnt/directory/snapshot" });
const snapshot: HostPath = { path: "/mnt/directory/snapshot", kind: "directory" };
const nydusRoot = fc
  .constantFrom("fuse.nydus-overlayfs", "fuse./usr/bin/nydus-overlayfs-v2", "fuse.nydus")
  .map(
    (type): Root =>
      () => ({
        rootFs: { source: "overlay", type, options: ["lowerdir=/a", `extraoption=${nydus}`] },
        host: [snapshot],
      }),
  );

const erofs = "/mnt/io.containerd.snapshotter.v1.erofs/snapshots";
const erofsRoot = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()).map(
  ([count, isWritable]): Root =>
    (disks) => {
      const layers = disks.slice(0, count);
      const lower = layers.map((_, at) => `${erofs}/${at}/fs`).join(":");
      const first = isWritable ? "rwlayer.img" : "layer.erofs";
      const path = (at: number) => `${erofs}/${at}/${at === 0 ? first : "layer.erofs"}`;
      return {
        rootFs: { source: "overlay", type: "overlay", options: [`lowerdir=${lower}`] },
        root: { devices: layers.map((blockDrive, at) => ({ path: path(at), blockDrive })) },
      };
    },
);

const layersRoot = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom("tar", "squashfs", "erofs")).map(
  ([count, format]): Root =>
    (disks) => {
      const layers = disks.slice(0, count);
      const words = "ro,io.katacontainers.fs-opt.block_device=file,io.katacontainers.fs-opt.is-layer";
      const options = layers.map(
        (_, at) => `io.katacontainers.fs-opt.layer=/mnt/layers/l${at},${format},${words}`,
      );
      const lower = layers.map((_, at) => `l${at}`).join(":");
      const destination = (at: number) => `/run/kata-containers/sandbox/layers/l${at}`;
      return {
        rootFs: { source: "none", type: "overlay", options: [...options, `lowerdir=${lower}`] },
        host: layers.map((_, at) => ({ path: `/mnt/layers/l${at}`, kind: "file" })),
        drives: Object.fromEntries(layers.map((disk, at) => [destination(at), disk])),
      };
    },
);

const pull = { volume_type: "image_guest_pull", image_pull: { metadata: { a: "<b>&" } } };
const volumes = [
  ...[pull, pull, { ...pull, source: "x", fs_type: "overlay" }, { volume_type: "image_guest_pull" }],
  ...[{ volume_type: "direct_block", source: "/dev/x", fs_type: "ext4" }, { volume_type: "layer_nydus_fs" }],
  { volume_type: "other" },
];
const volumeRoot = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...volumes.map((volume) => [volume])) },
  { weight: 1, arbitrary: fc.subarray(volumes, { minLength: 2, maxLength: 2 }) },
);
const virtualRoot = volumeRoot.map(
  (all): Root =>
    () => ({
      rootFs: {
        source: "overlay",
        type: "overlay",
        options: all.map((one) => `io.katacontainers.volume=${base64(one)}`),
      },
    }),
);

/** Where nothing is shared: a directory cannot be a root there. */
export const unsharedRoot: fc.Arbitrary<Root> = fc.oneof(
  { weight: 9, arbitrary: diskRoot },
  { weight: 1, arbitrary: fc.constant(bundleRoot) },
);

/** A root filesystem of any kind. */
export const anyRoot: fc.Arbitrary<Root> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(bundleRoot) },
  { weight: 1, arbitrary: fc.constant(bindRoot) },
  { weight: 2, arbitrary: diskRoot },
  ...[nydusRoot, erofsRoot, layersRoot, virtualRoot].map((arbitrary) => ({ weight: 1, arbitrary })),
);
