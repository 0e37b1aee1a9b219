/**
 * How many ms it takes to unshare what was shared, through the public class; prints the median of the rounds. Sharing and
 * cleaning up are not in it. What was shared are read-only files:
 *
 *     container    all mounts of one container, in one call
 *     files        each by a call of its own, one after the other
 *     common       all mounts of a container, of which another container was the first user: the last one takes them back
 *
 *     unshare.js <container|files|common> <deno|koffi|ffi-rs> <directory> <shares> <rounds> <warm-up rounds>
 */
import process from "node:process";
import { FilesystemShare, type LibcName, openLibc } from "../ffi/mod.ts";
import { medianOf } from "./median.ts";

const [job = "", libcName, directory = "", shares, rounds, warmUps] = process.argv.slice(2);
const libc = await openLibc(libcName as LibcName);
const share = new FilesystemShare({ id: "s1", hostDir: `${directory}/host` }, { libc });
const mounts = Array.from({ length: Number(shares) }, (_, i) => ({
  source: `${directory}/sources/f${i}`,
  destination: `/etc/f${i}`,
  readOnly: true,
}));
const container = (id: string) => ({ id, rootFs: { target: `${directory}/rootfs` }, mounts });

/** Shares; what is given takes it back. */
const jobs: Readonly<Record<string, () => Promise<() => Promise<void>>>> = {
  async container() {
    await share.shareContainer(container("c1"));
    return () => share.unshareContainer({ id: "c1" });
  },
  async files() {
    const handles = await Promise.all(mounts.map((mount) => share.shareFile({ id: "c1" }, mount)));
    return async () => {
      for (const handle of handles) await handle?.unshare();
    };
  },
  async common() {
    await share.shareContainer(container("c0"));
    await share.shareContainer(container("c1"));
    await share.unshareContainer({ id: "c0" });
    return () => share.unshareContainer({ id: "c1" });
  },
};

async function round(): Promise<number> {
  await share.prepare();
  const takeBack = await jobs[job]?.();
  const start = performance.now();
  await takeBack?.();
  const elapsed = performance.now() - start;
  await share.cleanup();
  return elapsed;
}

console.log(await medianOf(round, { rounds, warmUps }));
