// The main job on a small pod: prepare, share its files and its root filesystem, look at them as the guest does, clean up.
// Run by `npm start`, as root or as an ordinary user, in a mount namespace of its own.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FilesystemShare, type SharedFile } from "guestshare/host";
import { inOwnNamespace } from "./namespace.ts";
import { stepLogger } from "./steps.ts";
import { treeOf } from "./tree.ts";

await inOwnNamespace(async (scratch) => {
  const pod = join(scratch, "pod");
  const hostDir = join(scratch, "sandboxes");
  cpSync(findPod(), pod, { recursive: true });
  mkdirSync(hostDir);
  const before = mountTable();

  const sandbox = { id: "pod1", hostDir, sandboxBindMounts: [join(pod, "certs")], shmSize: 64 * 1024 * 1024 };
  const share = new FilesystemShare(sandbox, { logger: stepLogger(scratch) });
  const container = { id: "web", rootFs: { target: join(pod, "rootfs") } };

  heading("prepare: the guard, the hub where shares go, the view that the guest mounts");
  const storages = await share.prepare();
  heading("share: a read-only config file, a writable directory, the root filesystem");
  const config = await share.shareFile(container, {
    source: join(pod, "config/app.conf"),
    destination: "/config/app.conf",
    options: ["ro"],
  });
  const data = await share.shareFile(container, { source: join(pod, "data"), destination: "/data" });
  const root = await share.shareRootFilesystem(container);

  const view = join(hostDir, sandbox.id, "shared");
  heading("what the guest sees, read through the view");
  console.log(treeOf(view));
  heading("what the guest may write");
  tryToWrite("the read-only config", inView(view, config));
  tryToWrite("the writable directory", join(inView(view, data), "from-guest.txt"));
  heading("what the agent mounts, and where the container finds its files");
  console.log(JSON.stringify(storages, null, 2));
  for (const shared of [config, data, root]) console.log(`  ${shared?.guestPath}`);

  heading("clean up");
  await share.cleanup();
  const after = mountTable();
  heading("what is left");
  if (after !== before) throw new Error(`Cannot end: the mount table is another one now\n${after}`);
  console.log(`  nothing: the mount table has the same ${before.trim().split("\n").length} lines as before`);
});

function heading(text: string): void {
  console.log(`\n${text}`);
}

function findPod(): string {
  // From examples/ itself, or from what was compiled of it in dist/examples/.
  const here = fileURLToPath(new URL(".", import.meta.url));
  return join(here.replace(/dist\/examples\/$/, "examples/"), "pod");
}

function mountTable(): string {
  return readFileSync("/proc/self/mountinfo", "utf8");
}

function inView(view: string, shared: SharedFile | null): string {
  return join(view, shared?.hostPath?.split("/").at(-1) ?? "");
}

function tryToWrite(what: string, path: string): void {
  try {
    writeFileSync(path, "written by the guest\n");
    console.log(`  ${what}: written`);
  } catch (error) {
    console.log(`  ${what}: refused, ${(error as { code: string }).code}`);
  }
}
