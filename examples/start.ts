// The main job on a small pod: prepare, share its two containers, look at their files as the guest does, clean up. Then the
// same for a guest that shares nothing.
// Run by `npm start`, as root or as an ordinary user, in a mount namespace of its own.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Container, containerOf, FilesystemShare, type Outcome } from "guestshare/host";
import { showCopies } from "./copies.ts";
import { heading } from "./heading.ts";
import { mountTable } from "./mount-table.ts";
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
  const web = container("web", pod, [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/dev/shm", type: "tmpfs", source: "shm" },
    { destination: "/config/app.conf", type: "bind", source: "config/app.conf", options: ["rbind", "ro"] },
    { destination: "/data", type: "bind", source: "data", options: ["rbind"] },
  ]);
  const sidecar = container("sidecar", pod, [
    { destination: "/var/data", type: "bind", source: "data", options: ["rbind"] },
  ]);

  heading("prepare: the guard, the hub where shares go, the view that the guest mounts");
  const storages = await share.prepare();
  heading("share a container: its root filesystem, a read-only config file, a writable directory");
  const shared = await share.shareContainer(web);
  heading("share another one: its directory is there already");
  const more = await share.shareContainer(sidecar);

  const view = join(hostDir, sandbox.id, "shared");
  heading("what the guest sees, read through the view");
  console.log(treeOf(view));
  heading("what the guest may write");
  tryToWrite("the read-only config", inView(view, shared.outcomes[2]));
  tryToWrite("the writable directory", join(inView(view, more.outcomes[0]), "from-guest.txt"));
  heading("what the agent mounts, and where the containers find their files");
  console.log(JSON.stringify([...storages, ...shared.storages], null, 2));
  for (const { source, destination } of [...shared.mounts, ...more.mounts]) {
    console.log(`  ${destination.padEnd(18)}${source}`);
  }

  heading("unshare the first container: what the other one uses stays");
  await share.unshareContainer(web);
  heading("clean up");
  await share.cleanup();

  await showCopies(scratch, pod, web);

  const after = mountTable();
  heading("what is left");
  if (after !== before) throw new Error(`Cannot end: the mount table is another one now\n${after}`);
  console.log(`  nothing: the mount table has the same ${before.trim().split("\n").length} lines as before`);
});

function findPod(): string {
  // From examples/ itself, or from what was compiled of it in dist/examples/.
  const here = fileURLToPath(new URL(".", import.meta.url));
  return join(here.replace(/dist\/examples\/$/, "examples/"), "pod");
}

function container(id: string, bundle: string, mounts: object[]): Container {
  return containerOf({ root: { path: "rootfs" }, mounts }, { id, bundle });
}

function inView(view: string, outcome?: Outcome): string {
  return join(view, outcome?.shared?.hostPath?.split("/").at(-1) ?? "");
}

function tryToWrite(what: string, path: string): void {
  try {
    writeFileSync(path, "written by the guest\n");
    console.log(`  ${what}: written`);
  } catch (error) {
    console.log(`  ${what}: refused, ${(error as { code: string }).code}`);
  }
}
