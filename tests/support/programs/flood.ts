/** Fills the mount table of its namespace below a directory, then shares that with all its mounts; says how it went. */

import { mkdirSync } from "node:fs";
import { FilesystemShare, openLibc } from "guestshare/host";
import { mounts } from "../mounts.ts";
import { openFiles, stateOf } from "../state.ts";

const [directory = "", hostDir = ""] = process.argv.slice(2);
const libc = await openLibc();
const bytes = (text: string) => new TextEncoder().encode(`${text}\0`);

// Binds the directory below itself: each time it has twice as many mounts. They are counted at the end, which takes a while.
for (let round = 0; 2 ** round < 60_000; round++) {
  const target = `${directory}/${round}`;
  mkdirSync(target);
  const tree = libc.call("open_tree", -100, bytes(directory), 0x88001); // CLONE, CLOEXEC, RECURSIVE
  const result = libc.call("move_mount", tree, bytes(""), -100, bytes(target), 4);
  libc.call("close", tree);
  if (result !== 0) throw new Error(`Cannot fill the mount table: errno ${-result}`);
}

const share = new FilesystemShare({ id: "s1", hostDir });
await share.prepare();
// Deno opens two sockets for signals at some time.
const state = () => {
  const { mounts, tree } = stateOf(hostDir);
  return JSON.stringify([mounts, tree, openFiles().filter((file) => !file.startsWith("socket:"))]);
};
const before = state();
const mount = { source: directory, destination: "/all", options: ["rbind"] };
const error = await share.shareFile({ id: "c1" }, mount).then(
  () => undefined,
  (e) => e,
);
const isAsBefore = state() === before;
const file = await share.shareFile({ id: "c1" }, { source: directory, destination: "/one" });
await share.cleanup();
const points = mounts().map(({ point }) => `${point}/`);
const countBelow = (path: string) => points.filter((point) => point.startsWith(`${path}/`)).length;
console.log(
  JSON.stringify({
    mounts: countBelow(directory),
    ...{ name: error?.name, code: error?.code, message: error?.message },
    ...{ isAsBefore, worksAfterwards: file !== null, left: countBelow(hostDir) },
  }),
);
