/**
 * Shares a volume by copies, sees it change, says so, and has nothing more to do.
 *
 *     watching.js <directory>
 */
import { join } from "node:path";
import process from "node:process";
import { type Agent, FilesystemShare } from "guestshare/host";
import { KubeletVolume } from "../watch/kubelet-volume.ts";

const volume = new KubeletVolume(join(process.argv[2] ?? "", "settings"));
volume.write({ key: "v1" });
const close = async () => {};
const agent: Agent = { copyFile: async () => {}, close, [Symbol.asyncDispose]: close };
const changed = new Promise<string>((resolve) => {
  const share = new FilesystemShare(
    { id: "s1", sharedFs: "none" },
    { agent, onWatch: ({ kind }) => resolve(kind) },
  );
  share.shareFile({ id: "c1" }, { source: volume.path, destination: "/settings" }).then(() => {
    volume.write({ key: "v2" });
  });
});
const timer = setTimeout(() => {}, 100_000); // nothing else keeps the program alive
console.log(JSON.stringify(await changed));
clearTimeout(timer);
