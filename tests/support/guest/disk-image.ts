import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { lacking } from "../bundles/needed-tools.ts";
import { mountsBelow, unmount } from "../mounts.ts";
import { mountTest, type Scratch } from "../scratch.ts";

export type DiskFilesystem = "ext4" | "xfs";

const MiB = 1024 * 1024;
// mkfs.xfs makes nothing smaller than 300 MiB. Nearly all of it is a hole.
const sizes: Readonly<Record<DiskFilesystem, number>> = { ext4: 16 * MiB, xfs: 300 * MiB };

/** A file with an empty filesystem in it; its path. */
export function makeDisk(scratch: Scratch, name: string, fstype: DiskFilesystem): string {
  const image = emptyFile(scratch, name);
  truncateSync(image, sizes[fstype]);
  run(`mkfs.${fstype}`, "-q", image);
  return image;
}

/** A file with an erofs of a directory in it; its path. */
export function makeErofs(scratch: Scratch, name: string, directory: string): string {
  const image = emptyFile(scratch, name);
  run("mkfs.erofs", "--quiet", image, directory);
  return image;
}

/** The same image once more, holes and UUID included; its path. */
export function copyDisk(image: string): string {
  run("cp", "--sparse=always", image, `${image}.copy`);
  return `${image}.copy`;
}

/**
 * What `use` gives for the image as a block device. What it mounts holds the device for as long as it is mounted; without
 * a mount it is gone at once.
 */
export function withDevice<T>(image: string, use: (device: string) => T): T {
  const device = run("losetup", "--find", "--show", image).trim();
  const detach = () => run("losetup", "--detach", device);
  let result: T;
  try {
    result = use(device);
  } catch (error) {
    detach();
    throw error;
  }
  if (!(result instanceof Promise)) {
    detach();
    return result;
  }
  return result.finally(detach) as T;
}

/** Calls `change` with the directory where the image is mounted for that long. */
export function changeDisk(scratch: Scratch, image: string, change: (directory: string) => void): void {
  const directory = scratch.directory("changing");
  withDevice(image, (device) => run("mount", device, directory));
  try {
    change(directory);
  } finally {
    run("umount", directory);
  }
}

/** A test with disks, made by these programs. No loop device is left of it, however it ends. */
export function diskTest(
  name: string,
  programs: readonly string[],
  body: (scratch: Scratch) => Promise<void>,
): void {
  const tested = async (scratch: Scratch) => {
    try {
      await body(scratch);
    } finally {
      const made = mountsBelow(scratch.path).filter(({ point }) => point !== scratch.path);
      for (const { point } of made.toReversed()) unmountIfThere(point);
      await noLoopsOf(scratch.path);
    }
  };
  const skip = lacking(["losetup", ...programs], "it would have mounted real disks as a guest does");
  mountTest(name, tested, { skip });
}

// What propagates is gone with what it came from.
function unmountIfThere(point: string): void {
  if (mountsBelow(point).some((mount) => mount.point === point)) unmount(point);
}

// The kernel detaches a device some time after its last mount.
async function noLoopsOf(path: string): Promise<void> {
  const end = performance.now() + 60_000;
  for (let loops = loopsOf(path); loops.length > 0; loops = loopsOf(path)) {
    assert.ok(performance.now() < end, `loop devices are left: ${loops.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function loopsOf(path: string): string[] {
  return readdirSync("/sys/block").filter((name) => name.startsWith("loop") && fileOf(name).startsWith(path));
}

function fileOf(loop: string): string {
  try {
    return readFileSync(`/sys/block/${loop}/loop/backing_file`, "utf8");
  } catch {
    return ""; // it has no file
  }
}

function emptyFile(scratch: Scratch, name: string): string {
  const path = `${scratch.path}/${name}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  return path;
}

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: "pipe" });
}
