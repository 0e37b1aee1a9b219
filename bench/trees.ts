import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { must, type Room } from "./room.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** The trees that are copied: 5,000 files of 4 KiB, 100,000 files of 512 bytes, each in directories of a hundred; and one file of 512 MiB. */
export type TreeName = "small" | "many" | "big";

/** Makes the trees in a room. */
export function makeTrees(room: Room): void {
  makeFiles(treePath(room, "small"), { directories: 50, bytes: 4 * KiB });
  makeFiles(treePath(room, "many"), { directories: 1000, bytes: 512 });
  makeLargeFile(treePath(room, "big"));
}

/** Where a tree is. */
export function treePath({ directory }: Room, name: TreeName): string {
  return `${directory}/${name}`;
}

/** The file that "big" has. */
export function largeFile(room: Room): string {
  return `${treePath(room, "big")}/file`;
}

function makeFiles(path: string, { directories, bytes }: { directories: number; bytes: number }): void {
  for (let i = 0; i < directories * 100; i++) {
    const directory = `${path}/d${Math.floor(i / 100)}`;
    if (i % 100 === 0) mkdirSync(directory, { recursive: true });
    writeFileSync(`${directory}/f${i}.txt`, Buffer.alloc(bytes, `${i} `));
  }
}

function makeLargeFile(path: string): void {
  mkdirSync(path);
  const fd = openSync(`${path}/file`, "w");
  for (let i = 0; i < 512; i++) writeSync(fd, Buffer.alloc(MiB, `${i} `));
  closeSync(fd);
}

/** Calls `use` with the directory of an empty guest, a tmpfs that is unmounted afterwards. */
export function withGuest<T>({ directory }: Room, use: (guest: string) => T): T {
  const guest = `${directory}/guest`;
  mkdirSync(guest, { recursive: true });
  must("mount", "-t", "tmpfs", "guest", guest);
  try {
    return use(guest);
  } finally {
    must("umount", guest);
  }
}
