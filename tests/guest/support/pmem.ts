import { readFileSync, writeFileSync } from "node:fs";

const MiB = 1024 * 1024;
const HEADER = 2 * MiB; // the filesystem behind it is aligned to the largest pages
const INFO_AT = 4096;
const INFO_SIZE = 4096;

/**
 * Makes a pmem device of a disk's image: the kernel mounts one with "dax" only behind a header that says so (struct
 * nd_pfn_sb of drivers/nvdimm/pfn.h), as Kata's own images have it.
 */
export function writePmem(path: string, image: string): void {
  const content = readFileSync(image);
  const header = Buffer.alloc(HEADER);
  infoFor(content.length).copy(header, INFO_AT);
  writeFileSync(path, Buffer.concat([header, content]));
}

/** Makes the image of what is on such a device. */
export function readPmem(path: string, image: string): void {
  writeFileSync(image, readFileSync(path).subarray(HEADER));
}

function infoFor(size: number): Buffer {
  const info = Buffer.alloc(INFO_SIZE);
  info.write("NVDIMM_PFN_INFO\0");
  info.writeUInt16LE(1, 52); // version 1.2
  info.writeUInt16LE(2, 54);
  info.writeBigUInt64LE(BigInt(HEADER), 56);
  info.writeBigUInt64LE(BigInt(size / 4096), 64); // pages
  info.writeUInt32LE(1, 72); // what describes them is in memory
  info.writeUInt32LE(HEADER, 84); // alignment
  info.writeBigUInt64LE(checksumOf(info), INFO_SIZE - 8);
  return info;
}

// Fletcher's, over words of 32 bits.
function checksumOf(info: Buffer): bigint {
  let low = 0n;
  let high = 0n;
  for (let at = 0; at < info.length; at += 4) {
    low = BigInt.asUintN(32, low + BigInt(info.readUInt32LE(at)));
    high = BigInt.asUintN(32, high + low);
  }
  return (high << 32n) | low;
}
