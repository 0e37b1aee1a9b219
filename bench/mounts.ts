/**
 * The whole job through the public class: one prepare, the shares started together, one cleanup. The first rounds are not
 * counted: a runtime that shares files lives long, and has the code compiled by then. Prints the median of the others in
 * ms; nothing of the start of the process, of the modules or of the core is in it.
 *
 *     mounts.js <deno|koffi|ffi-rs> <directory> <shares> <rounds> <warm-up rounds>
 *     mounts.js <deno|koffi|ffi-rs> <directory> <shares> stop
 *
 * The directory is as room.ts makes it. With "stop" it does the job once, and before the cleanup says "ready" and waits
 * for its input to end.
 */
import process from "node:process";
import { FilesystemShare, type LibcName, openLibc } from "../ffi/mod.ts";
import { median } from "./median.ts";

const [libcName, directory = "", shares, rounds = "", warmUps] = process.argv.slice(2);
const libc = await openLibc(libcName as LibcName);
const share = new FilesystemShare({ id: "s1", hostDir: `${directory}/host` }, { libc });
const container = { id: "c1" };
const mounts = Array.from({ length: Number(shares) }, (_, i) => ({
  source: `${directory}/sources/f${i}`,
  destination: `/etc/f${i}`,
  readOnly: true,
}));

async function add(): Promise<void> {
  await share.prepare();
  await Promise.all(mounts.map((mount) => share.shareFile(container, mount)));
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
  for (let i = 0; i < Number(warmUps); i++) await round();
  const times: number[] = [];
  for (let i = 0; i < Number(rounds); i++) times.push(await round());
  console.log(median(times));
}

await (rounds === "stop" ? stop() : measure());
