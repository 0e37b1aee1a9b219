import type { Container, FilesystemShare, FilesystemShareOptions, Mount } from "../../../ffi/mod.ts";
import { mountTmpfs } from "../mounts.ts";
import { random, type Scratch } from "../scratch.ts";

/** A sandbox with one share of each kind, and what each of them is. */
export interface FullSandbox {
  readonly file: Mount & { hostPath: string };
  readonly tree: Mount & { hostPath: string };
  readonly root: Container;
  readonly disk: Container;
}

export const container: Container = { id: "c1" };

/** The options of a sandbox with two bind mounts: a file and a directory. */
export function withBindMounts(scratch: Scratch): { sandboxBindMounts: string[] } {
  return { sandboxBindMounts: [scratch.file("bound/hosts"), scratch.directory("bound/certs")] };
}

/** What is shared in a full sandbox. The tree has a mount below it. */
export function fullSandbox(scratch: Scratch): FullSandbox {
  const tree = scratch.directory("tree");
  const below = scratch.directory("tree/below");
  mountTmpfs(below);
  scratch.file("tree/below/deep");
  scratch.file("image/etc/passwd");
  return {
    file: {
      ...{ source: scratch.file("file"), destination: "/file", options: ["ro"] },
      hostPath: scratch.hub(`c1-${random}-file`),
    },
    tree: {
      ...{ source: tree, destination: "/tree", options: ["rbind", "ro"] },
      hostPath: scratch.hub(`c1-${random}-tree`),
    },
    root: { id: "c1", rootFs: { target: `${scratch.path}/image`, options: ["ro"] } },
    disk: { id: "c2", fstype: "ext4", blockDrive: { scsiAddr: "0:1" } },
  };
}

/** Prepares a sandbox and makes each kind of share in it. */
export async function fill(
  scratch: Scratch,
  full: FullSandbox,
  options: FilesystemShareOptions = {},
): Promise<FilesystemShare> {
  const share = scratch.share(withBindMounts(scratch), options);
  const { file, tree, root, disk } = full;
  await share.prepare();
  await share.shareFile(container, file, { random });
  await share.shareFile(container, tree, { random });
  await share.shareRootFilesystem(root);
  await share.shareRootFilesystem(disk);
  return share;
}
