/**
 * Makes each kind of share in a worker thread, and takes all back:
 *
 *     in-worker.js <"deno", "koffi" or "ffi-rs"> <an empty directory>
 */
import { readdirSync } from "node:fs";
import { argv } from "node:process";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type LibcName, openLibc } from "../../../ffi/mod.ts";
import { container, fill, fullSandbox, withBindMounts } from "../sandbox/full.ts";
import { Scratch } from "../scratch.ts";

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: argv.slice(2) });
  worker.on("message", (text) => console.log(text));
} else {
  const [name = "", path = ""] = workerData as string[];
  const scratch = new Scratch(path);
  const libc = await openLibc(name as LibcName);
  const full = fullSandbox(scratch);
  const before = descriptors();
  const share = await fill(scratch, full, { libc });
  await share.shareContainer({
    id: "c3",
    rootFs: { target: `${path}/image` },
    mounts: [full.file, full.tree],
  });
  const there = await share.shareFile(container, { source: `${path}/file`, destination: "/again" });
  await share.unshareFile(container, { destination: "/again", hostPath: there?.hostPath ?? "" });
  await share.unshareContainer({ id: "c3" });
  await share.cleanup();
  await scratch.share(withBindMounts(scratch), { libc }).cleanup();
  const left = descriptors().filter((descriptor) => !before.includes(descriptor));
  const gone = before.filter((descriptor) => !descriptors().includes(descriptor));
  parentPort?.postMessage(`${libc.name} in a worker, left open [${left}], closed [${gone}]`);
}

function descriptors(): string[] {
  return readdirSync("/proc/self/fd");
}
