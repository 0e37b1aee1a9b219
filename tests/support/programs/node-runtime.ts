/**
 * A runtime that is played in a process of its own: it listens on a socket, and prepares sandboxes, whose pods it has.
 *
 *     node-runtime.js SOCKET HOST-DIR ID...
 *
 * Prints "ready". A line on stdin is a directory that is hidden by an empty one then, which "done" says.
 */
import { argv, stdin } from "node:process";
import { createInterface } from "node:readline";
import { FilesystemShare } from "../../../ffi/mod.ts";
import { mountTmpfs } from "../mounts.ts";
import { podsState } from "../node/monitored.ts";
import { PlayedRuntime } from "../nri/played-runtime.ts";

const [socket = "", hostDir = "", ...ids] = argv.slice(2);
for (const id of ids) {
  const share = new FilesystemShare({ id, hostDir });
  await share.prepare();
  await share.shareFile({ id: "c1" }, { source: "/etc/hosts", destination: "/etc/hosts" });
}
const runtime = await PlayedRuntime.start(socket);
await runtime.setState(podsState(ids.slice(1)));
console.log("ready");
for await (const directory of createInterface({ input: stdin })) {
  mountTmpfs(directory);
  console.log("done");
}
await runtime.end();
