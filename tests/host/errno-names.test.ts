import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { errnoMeaning, errnoName } from "../../ffi/linux/errno.ts";
import { meanings } from "../../ffi/linux/errno-meanings.ts";
import { StepError } from "../../ffi/mod.ts";
import { rejection } from "../support/errors.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { mountTest } from "../support/scratch.ts";

const LAST = 133; // EHWPOISON
const UNUSED = [41, 58];

test("each errno of Linux has the name that the runtime knows it by", () => {
  const known = Object.entries(constants.errno);
  assert.ok(known.length >= 79);
  for (const [name, number] of known) {
    const others = known.filter(([, other]) => other === number).map(([other]) => other);
    assert.ok(others.includes(errnoName(number)), `${number} is ${name}, not ${errnoName(number)}`);
  }
  const numbers = Array.from({ length: LAST }, (_, i) => i + 1);
  assert.deepEqual(
    numbers.filter((number) => !/^E[A-Z0-9]+$/.test(errnoName(number))),
    UNUSED,
  );
});

test("an errno without a name is shown as its number, and as no other", () => {
  for (const number of [...UNUSED, LAST + 1, 512, 524, 4095]) {
    assert.equal(errnoName(number), `errno ${number}`);
    assert.equal(errnoMeaning(number), "see errno(3)");
  }
});

// mount(2), open(2) and statx(2), and what the kernel's filesystems answer besides: fuse, nfs, cifs, ceph, ext4, xfs, btrfs.
const ofMounts = [
  ...["EACCES", "EBUSY", "EFAULT", "EINVAL", "ELOOP", "EMFILE", "ENAMETOOLONG", "ENODEV", "ENOENT", "ENOMEM"],
  ...[
    "ENOTBLK",
    "ENOTDIR",
    "ENXIO",
    "EPERM",
    "EROFS",
    "ENOSPC",
    "ENFILE",
    "EOVERFLOW",
    "EOPNOTSUPP",
    "ENOSYS",
  ],
  ...["ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "ECONNREFUSED", "ECONNRESET"],
  ...["ECONNABORTED", "ESHUTDOWN", "ETIMEDOUT", "ESTALE", "EIO", "EREMOTEIO", "EDQUOT", "EUCLEAN", "EBADMSG"],
  ...["ENODATA", "ENOLINK", "EPROTO", "ENOKEY", "EKEYEXPIRED", "EKEYREVOKED", "EKEYREJECTED", "ENOMEDIUM"],
];

test("whatever a mount can answer says what it means", () => {
  assert.deepEqual(
    ofMounts.filter((name) => !(name in meanings)),
    [],
  );
  const names = new Set(Array.from({ length: LAST }, (_, i) => errnoName(i + 1)));
  assert.deepEqual(
    Object.keys(meanings).filter((name) => !names.has(name)),
    [],
  );
});

// A filesystem in userspace whose server is gone before it answered anything.
const mountDead = (path: string) =>
  execFileSync("sh", [
    "-c",
    'exec 3<>/dev/fuse; mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 dead "$1"',
    ...["sh", path],
  ]);

mountTest(
  "prepare() below a directory whose server has died says so",
  async (scratch) => {
    const dead = scratch.directory("dead");
    mountDead(dead);
    const error = await rejection(scratch.share({ hostDir: join(dead, "sandboxes") }).prepare());
    execFileSync("umount", ["-l", dead]);
    assert.ok(error instanceof StepError);
    assert.deepEqual([error.code, error.errno, error.call], ["ENOTCONN", 107, "openat"]);
    assert.match(error.message, /ENOTCONN \(the server of this filesystem has died; unmount/);
  },
  { skip: !isMachineRoot || !existsSync("/dev/fuse") ? "it takes the machine's root and /dev/fuse" : false },
);
