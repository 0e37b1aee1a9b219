/**
 * Makes each kind of share in a worker thread, and takes all back:
 *
 *     in-worker.js <"deno", "koffi" or "ffi-rs"> <an empty directory>
 */
import { readdirSync, readlinkSync } from "node:fs";
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
  parentPort?.postMessage(`${libc.name} in a worker, left open [${openIn(path)}]`);
}

// What this process has open in a directory. A runtime opens and closes files of its own elsewhere.
function openIn(directory: string): string[] {
  const paths = readdirSync("/proc/self/fd").map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return ""; // the descriptor that listed them
    }
  });
  return paths.filter((path) => path.startsWith(directory));
}
