import { symlinkSync } from "node:fs";
import type { Container, Mount } from "../../../ffi/mod.ts";
import { mount, mountTmpfs } from "../mounts.ts";
import type { Scratch } from "../scratch.ts";

const pod = "pods/p1/volumes";

/** A volume as the kubelet projects it: files in a directory of their own, a link to that, and links through it. */
export function projected(scratch: Scratch, directory: string, files: readonly string[]): string {
  const path = scratch.directory(directory);
  for (const name of files) {
    scratch.file(`${directory}/..2024_01_01/${name}`, `${name} of ${directory}`);
    symlinkSync(`..data/${name}`, `${path}/${name}`);
  }
  symlinkSync("..2024_01_01", `${path}/..data`);
  return path;
}

/** A configmap of so many files. */
export function configMap(scratch: Scratch, name: string, files: number): string {
  const names = Array.from({ length: files }, (_, index) => `key${index}`);
  return projected(scratch, `${pod}/kubernetes.io~configmap/${name}`, names);
}

/** A directory with a mount below it. */
function tree(scratch: Scratch): string {
  const path = scratch.directory("tree");
  scratch.file("tree/top");
  mountTmpfs(scratch.directory("tree/below"));
  scratch.file("tree/below/deep");
  return path;
}

/** The mounts of a container as a container manager has them, each with the kind of its outcome. */
function wholeMounts(scratch: Scratch): [kind: string, mount: Mount][] {
  const bind = (destination: string, source: string, ...options: string[]): Mount => ({
    ...{ destination, source, type: "bind", options: ["rbind", "rprivate", ...options] },
  });
  const token = `${pod}/kubernetes.io~secret/token`;
  mountTmpfs(scratch.directory(token));
  projected(scratch, token, ["ca.crt"]);
  const cache = scratch.directory(`${pod}/kubernetes.io~empty-dir/cache`);
  mountTmpfs(cache);
  const disk = scratch.directory(`${pod}/kubernetes.io~empty-dir/disk`);
  mount("-t", "ramfs", "ram", disk); // any filesystem but tmpfs is a disk's
  scratch.file(`${pod}/kubernetes.io~empty-dir/disk/kept`, "kept");
  scratch.file("bundle/config/own", "relative");
  scratch.file("linked/behind", "behind the link");
  symlinkSync("linked", `${scratch.path}/link`);
  scratch.file("data/file", "data");
  const source = tree(scratch);
  return [
    ["guest", { destination: "/proc", type: "proc", source: "proc", options: ["nosuid"] }],
    ["guest", { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["mode=755", "size=65536k"] }],
    ["shm", { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["size=64k"] }],
    ["guest", bind("/sys/fs/cgroup", "/sys/fs/cgroup", "ro")],
    ["guest", bind("/dev/zero", "/dev/null")],
    ["shared", bind("/etc/hosts", scratch.file("hosts", "127.0.0.1 localhost\n\0\xff"), "ro")],
    ["shared", bind("/etc/resolv.conf", scratch.file("resolv.conf"), "rw", "nosuid")],
    ["shared", bind("/data", `${scratch.path}/data`, "rw", "nosuid", "noexec")],
    ["shared", { destination: "/own", type: "bind", source: "config", options: ["bind", "rro"] }],
    ["shared", bind("/behind", `${scratch.path}/link`)],
    ["shared", bind("/tree", source, "ro")],
    ["shared", { destination: "/top", type: "bind", source, options: ["bind", "ro"] }],
    ["watchable", bind("/config", configMap(scratch, "small", 3), "ro")],
    ["shared", bind("/many", configMap(scratch, "large", 9), "ro")],
    ["watchable", bind("/token", `${scratch.path}/${token}`, "ro")],
    ["ephemeral", bind("/cache", cache)],
    ["shared", bind("/disk", disk)],
  ];
}

/** A container with mounts of all kinds, whose sources are made, and the kinds of their outcomes. */
export function wholeContainer(scratch: Scratch): { container: Container; kinds: string[] } {
  scratch.file("bundle/rootfs/etc/passwd", "root:x:0:0");
  const mounts = wholeMounts(scratch);
  const container = {
    ...{ id: "c1", bundle: `${scratch.path}/bundle`, rootFs: { target: "rootfs" } },
    mounts: mounts.map(([, mount]) => mount),
  };
  return { container, kinds: mounts.map(([kind, { destination }]) => `${destination}: ${kind}`) };
}
