/**
 * What a plan's steps take from the lock on: a container of read-only files is shared, and the clock runs from the call that takes the
 * sandbox's lock to the end. Looking at the sources and planning come before. Prints the median of the rounds in ms.
 *
 *     apply.js container <deno|koffi|ffi-rs> <directory> <shares> <rounds> <warm-up rounds>
 */
import process from "node:process";
import { FilesystemShare, type Libc, type LibcName, openLibc } from "../ffi/mod.ts";
import { medianOf } from "./median.ts";

const [, libcName, directory = "", shares, rounds = "", warmUps] = process.argv.slice(2);
const libc = await openLibc(libcName as LibcName);
let locked = 0;
const timed: Libc = {
  ...libc,
  call(name, a, b, c, d, e) {
    if (name === "flock") locked = performance.now();
    return libc.call(name, a, b, c, d, e);
  },
};
const share = new FilesystemShare({ id: "s1", hostDir: `${directory}/host` }, { libc: timed });
const mounts = Array.from({ length: Number(shares) }, (_, i) => ({
  source: `${directory}/sources/f${i}`,
  destination: `/etc/f${i}`,
  readOnly: true,
}));

async function round(): Promise<number> {
  await share.prepare();
  await share.shareContainer({ id: "c1", rootFs: { target: `${directory}/rootfs` }, mounts });
  const elapsed = performance.now() - locked;
  await share.cleanup();
  return elapsed;
}

console.log(await medianOf(round, { rounds, warmUps }));
