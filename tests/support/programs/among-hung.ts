/**
 * Shares eight sources that hang, in a sandbox with two shares that hang, and meanwhile does what a program does: a timer
 * runs, files are read, another container is shared and unshared, a missing source is known by its errno. Says so as JSON, and ends
 * by process.exit while the sources still hang.
 *
 *     among-hung.js LIBC SANDBOX GOOD HUNG...
 */
import { readFile } from "node:fs/promises";
import { argv, exit } from "node:process";
import { FilesystemShare, type LibcName, openLibc, type Sandbox, StepError } from "guestshare/host";

const [libcName, sandbox = "", good = "", ...hung] = argv.slice(2);
const libc = await openLibc(libcName as LibcName);
const share = new FilesystemShare(JSON.parse(sandbox) as Sandbox, { libc });
let waiting = 0;
for (const source of hung) {
  waiting += 1;
  share.shareFile({ id: "hung" }, { source, destination: "/h" }).finally(() => {
    waiting -= 1;
  });
}
await new Promise((resolve) => setTimeout(resolve, 50));
const read = await readFile(good, "utf8");
const container = { id: "c2" };
const mount = { source: good, destination: "/f" };
const shared = await share.shareFile(container, mount);
await share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string });
const missing = await share
  .shareFile(container, { source: `${good}-missing`, destination: "/f" })
  .catch((error) => (error instanceof StepError ? error.code : String(error)));
console.log(JSON.stringify({ waiting, read, missing }));
exit(7);
