import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { memoryUsage } from "node:process";
import type { Agent } from "../../ffi/agent/agent.ts";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import type { CopyProgress } from "../../ffi/copy/options.ts";
import type { EmbeddedGuestOptions } from "../../ffi/guest/options.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import { listing } from "../support/copy/listing.ts";
import { copyTest, host, makeAbove, reasonsOf, shareDir } from "../support/copy/place.ts";
import { noise } from "../support/copy/traps.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { openFiles } from "../support/state.ts";

const MiB = 1024 * 1024;
const MIBS = rounds(4 * 1024 + 8, 100); // more bytes than 32 bits count

copyTest("few descriptors are open, however deep and wide a tree is", async (place) => {
  for (const branch of ["a", "b", "c"]) {
    for (let depth = 1; depth <= rounds(300, 90); depth += 30)
      writeFileSync(
        makeAbove(join(place.source, branch, `${"d/".repeat(depth)}f.txt`)),
        noise(200_000, depth),
      );
  }
  for (let i = 0; i < rounds(300, 100); i += 1)
    mkdirSync(join(place.source, `e${i}/f/g`), { recursive: true });
  const before = openFiles().length;
  let most = 0;
  const onProgress = () => {
    most = Math.max(most, openFiles().length);
  };
  await place.copy({ window: 16, sliceBytes: 50_000, onProgress });
  assert.ok(most - before < 64 + 16 + 16, `${most - before} descriptors`);
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

copyTest("directories are listed when there are lanes for what they have", async (place) => {
  const [directories, files] = [40, rounds(40, 20)];
  for (let d = 0; d < directories; d += 1) {
    for (let f = 0; f < files; f += 1) writeFileSync(makeAbove(join(place.source, `d${d}/f${f}.txt`)), "x");
  }
  const counted = counting(libc);
  let [copied, most] = [0, 0];
  const onProgress = ({ path }: CopyProgress) => {
    if (path.endsWith(".txt")) copied += 1;
    // Each listing is one call with names, and one without; one of them is the source's own.
    const listed = counted.log.filter((name) => name === "getdents64").length / 2 - 1;
    most = Math.max(most, listed - copied / files);
  };
  await place.with({}, (agent) =>
    copyTree(hostOf(counted), place.source, `${shareDir}/c1`, agent, { window: 16, onProgress }),
  );
  assert.ok(most <= 3, `${most} directories were listed before their time`);
  assert.deepEqual(listing(place.arrived()), listing(place.source));
});

copyTest("a large file takes the memory of the window at the most", async (place) => {
  const file = join(place.source, "sparse");
  execFileSync("truncate", ["-s", "300M", file]);
  execFileSync("truncate", ["-s", "300M", `${file}2`]);
  const close = async () => {};
  let bytes = 0;
  const agent: Agent = {
    async copyFile({ data }) {
      bytes += data.length;
      await new Promise((resolve) => setImmediate(resolve));
    },
    ...{ close, [Symbol.asyncDispose]: close },
  };
  const before = memoryUsage().arrayBuffers;
  let most = 0;
  const onProgress = () => {
    most = Math.max(most, memoryUsage().arrayBuffers);
  };
  await copyTree(host, place.source, `${shareDir}/c1`, agent, { windowBytes: 4 * MiB, onProgress });
  assert.equal(bytes, 600 * MiB);
  assert.ok(most - before < 8 * MiB, `${(most - before) / MiB} MiB`);
});

copyTest("a very large sparse file arrives, byte for byte", async (place) => {
  const size = MIBS * MiB + 1;
  const file = join(place.source, "disk.img");
  execFileSync("truncate", ["-s", `${size}`, file]);
  const fd = openSync(file, "r+");
  for (const at of [0, 2 ** 31 - 3, 2 ** 32 - 3, size - 5].filter((at) => at < size))
    writeSync(fd, "data", at);
  closeSync(fd);
  const zeros = Buffer.alloc(MiB);
  // The guest has zeros where nothing was written, and this machine's disk need not have them.
  const onRequest: EmbeddedGuestOptions["onRequest"] = ({ data, offset }) => {
    const isHole = data.length === MiB && offset > 0 && zeros.equals(data);
    return isHole ? { code: 0, message: "" } : undefined;
  };
  const { bytes, warnings, requests } = await place.copy({}, { onRequest });
  assert.deepEqual([bytes, reasonsOf(warnings, place.source)], [size, ["disk.img: holes"]]);
  assert.equal(requests.length, 1 + MIBS + 1 + 1);
  assert.equal(statSync(place.arrived("c1/disk.img")).size, size);
  execFileSync("python3", ["-c", compareSparse, file, place.arrived("c1/disk.img")], { stdio: "pipe" });
});

// As cmp(1), but for what is a hole in both: of some gigabytes that takes longer than the copy.
const compareSparse = `
import os, sys
files = [os.open(path, os.O_RDONLY) for path in sys.argv[1:]]
compared = 0
for fd in files:
    end, size = 0, os.fstat(fd).st_size
    while end < size:
        try: at = os.lseek(fd, end, os.SEEK_DATA)
        except OSError: break
        end = os.lseek(fd, at, os.SEEK_HOLE)
        one, other = (os.pread(each, end - at, at) for each in files)
        assert one == other, at
        compared += end - at
assert compared >= 4 * 4, compared
`;
