/**
 * Shares a file and takes it back, so often. Says as JSON how far a counter, which another process writes into a file, went
 * on during each of the two.
 *
 *     taking-turns.js SANDBOX SOURCE COUNTER TIMES
 */
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { FilesystemShare, type Sandbox } from "guestshare/host";

const [sandbox = "", source = "", counter = "", times] = argv.slice(2);
const share = new FilesystemShare(JSON.parse(sandbox) as Sandbox);
const container = { id: "other" };
const mount = { source, destination: "/f" };
const count = () => Number(readFileSync(counter, "utf8"));
const waited: number[] = [];

async function timed<T>(call: () => Promise<T>): Promise<T> {
  // Longer than a turn lasts that goes on: each call has to wait anew.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = count();
  const result = await call();
  waited.push(count() - before);
  return result;
}

console.log("ready");
for (let i = 0; i < Number(times); i += 1) {
  const shared = await timed(() => share.shareFile(container, mount));
  await timed(() => share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string }));
}
console.log(JSON.stringify(waited));
