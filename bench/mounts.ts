/**
 * The whole job through the public class: one prepare, the shares, one cleanup. The shares are files, read-only: as "files"
 * each is a call of its own, all of them started together; as "container" they are the mounts of one container, in one call.
 * The first rounds are not counted: a runtime that shares files lives long, and has the code compiled by then. Prints the
 * median of the others in ms; nothing of the start of the process, of the modules or of the core is in it.
 *
 *     mounts.js <files|container> <deno|koffi|ffi-rs> <directory> <shares> <rounds> <warm-up rounds>
 *     mounts.js <files|container> <deno|koffi|ffi-rs> <directory> <shares> stop
 *
 * The directory is as room.ts makes it. With "stop" it does the job once, and before the cleanup says "ready" and waits
 * for its input to end.
 */
import process from "node:process";
import { FilesystemShare, type LibcName, openLibc } from "../ffi/mod.ts";
import { medianOf } from "./median.ts";

const [job, libcName, directory = "", shares, rounds = "", warmUps] = process.argv.slice(2);
const libc = await openLibc(libcName as LibcName);
const share = new FilesystemShare({ id: "s1", hostDir: `${directory}/host` }, { libc });
const mounts = Array.from({ length: Number(shares) }, (_, i) => ({
  source: `${directory}/sources/f${i}`,
  destination: `/etc/f${i}`,
  readOnly: true,
}));
const container = { id: "c1", rootFs: { target: `${directory}/rootfs` }, mounts };

async function add(): Promise<void> {
  await share.prepare();
  if (job === "container") await share.shareContainer(container);
  else await Promise.all(mounts.map((mount) => share.shareFile({ id: "c1" }, mount)));
}

async function round(): Promise<number> {
  const start = performance.now();
  await add();
  await share.cleanup();
  return performance.now() - start;
}

async function stop(): Promise<void> {
  await add();
  process.stdout.write("ready\n");
  for await (const _ of process.stdin);
  await share.cleanup();
}

async function measure(): Promise<void> {
  console.log(await medianOf(round, { rounds, warmUps }));
}

await (rounds === "stop" ? stop() : measure());
