/**
 * Serves a FUSE filesystem of a directory with two files and a directory, and says "mounted". Once a file exists at `stop`,
 * the server answers nothing any more, and once one exists at `stop`-lists, no READDIR; once it is killed, the filesystem is dead. `seconds` says for how long the kernel may
 * cache a name.
 *
 *     fuse-server.js MOUNTPOINT STOP SECONDS [DEVICE] [USER]
 *
 * With a block device it is a fuseblk: its last unmount waits until the server has agreed. With a user it lets nobody else in.
 */
import { spawnSync } from "node:child_process";
import { existsSync, openSync, readSync, writeSync } from "node:fs";
import { argv } from "node:process";

const [mountpoint = "", stop = "", seconds = "0", block = "", user = ""] = argv.slice(2);
const device = openSync("/dev/fuse", "r+");
// The mount's own descriptor 3 is ours.
const owner = user === "" ? "user_id=0,group_id=0,allow_other" : `user_id=${user},group_id=${user}`;
const options = `fd=3,rootmode=40000,${owner}`;
const { status, stderr } = spawnSync(
  "mount",
  ["-i", "-t", block ? "fuseblk" : "fuse.test", "-o", options, block || "test", mountpoint],
  {
    stdio: ["ignore", "ignore", "pipe", device],
    encoding: "utf8",
  },
);
if (status !== 0) throw new Error(`Cannot mount: ${stderr}`);
console.log("mounted");

const S_IFDIR = 0o40755;
const S_IFREG = 0o100644;
const ROOT = 1;
const files = new Map<string, { node: number; mode: number }>([
  ["file", { node: 2, mode: S_IFREG }],
  ["directory", { node: 3, mode: S_IFDIR }],
]);
// struct fuse_out_header: u32 len, s32 error, u64 unique
const HEADER = 16;
const ENOENT = 2;
const READDIR = 28;
const ENOSYS = 38;

// struct fuse_attr: u64 ino, size, blocks, atime, mtime, ctime, u32 nsecs (3), mode, nlink, uid, gid, rdev, blksize, flags
function attributes(node: number): Buffer {
  const mode = [...files.values()].find((file) => file.node === node)?.mode ?? S_IFDIR;
  const bytes = Buffer.alloc(88);
  bytes.writeBigUInt64LE(BigInt(node), 0);
  bytes.writeUInt32LE(mode, 60);
  bytes.writeUInt32LE(1, 64);
  return bytes;
}

// struct fuse_entry_out: u64 nodeid, generation, entry_valid, attr_valid, u32 nsecs (2), then attributes
function entry(name: string): Buffer | number {
  // Any name that begins so is a file of its own.
  const node = files.get(name)?.node ?? (/^file-\d+$/.test(name) ? 100 + Number(name.slice(5)) : undefined);
  if (node === undefined) return -ENOENT;
  if (node >= 100) files.set(name, { node, mode: S_IFREG });
  const head = Buffer.alloc(40);
  head.writeBigUInt64LE(BigInt(node), 0);
  head.writeBigUInt64LE(BigInt(seconds), 16);
  return Buffer.concat([head, attributes(node)]);
}

// struct fuse_in_header: u32 len, opcode, u64 unique, nodeid, u32 uid, gid, pid, padding; then what the call has
function answer(opcode: number, node: number, body: Buffer): Buffer | number | undefined {
  switch (opcode) {
    case 1: // LOOKUP
      return node === ROOT ? entry(body.toString("latin1", 0, body.indexOf(0))) : -ENOENT;
    case 2: // FORGET
    case 42: // BATCH_FORGET
    case 36: // INTERRUPT
      return undefined;
    case 3: // GETATTR
      return Buffer.concat([Buffer.alloc(16), attributes(node)]);
    case 14: // OPEN
    case 27: // OPENDIR
      return Buffer.alloc(16);
    case 15: // READ
    case 18: // RELEASE
    case 25: // FLUSH
    case READDIR:
    case 29: // RELEASEDIR
      return Buffer.alloc(0);
    case 17: // STATFS
      return Buffer.alloc(80);
    case 26: // INIT
      return started();
    default:
      return -ENOSYS;
  }
}

// struct fuse_init_out: u32 major, minor, max_readahead, flags, u16 max_background, congestion, u32 max_write, …
function started(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(7, 0);
  bytes.writeUInt32LE(31, 4);
  bytes.writeUInt32LE(65536, 20);
  return bytes;
}

function reply(unique: bigint, result: Buffer | number): void {
  const body = typeof result === "number" ? Buffer.alloc(0) : result;
  const head = Buffer.alloc(HEADER);
  head.writeUInt32LE(HEADER + body.length, 0);
  head.writeInt32LE(typeof result === "number" ? result : 0, 4);
  head.writeBigUInt64LE(unique, 8);
  try {
    writeSync(device, Buffer.concat([head, body]));
  } catch {
    // Whoever asked has given up.
  }
}

const request = Buffer.alloc(1 << 20);
for (;;) {
  const length = readSync(device, request, 0, request.length, null);
  if (existsSync(stop)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  const node = Number(request.readBigUInt64LE(16));
  const opcode = request.readUInt32LE(4);
  if (opcode === READDIR && existsSync(`${stop}-lists`)) continue;
  const result = answer(opcode, node, request.subarray(40, length));
  if (result !== undefined) reply(request.readBigUInt64LE(8), result);
}
