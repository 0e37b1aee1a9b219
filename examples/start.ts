// The main job on a small pod: prepare, share its two containers, look at their files as the guest does, clean up. Then the
// same for a guest that shares nothing.
// Run by `npm start`, as root or as an ordinary user, in a mount namespace of its own.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FilesystemShare, type Outcome } from "guestshare/host";
import { showCopies } from "./copies.ts";
import { heading } from "./heading.ts";
import { mountTable } from "./mount-table.ts";
import { inOwnNamespace } from "./namespace.ts";
import { makePod } from "./pod.ts";
import { stepLogger } from "./steps.ts";
import { treeOf } from "./tree.ts";

await inOwnNamespace(async (scratch) => {
  const { sandbox, web, sidecar } = makePod(scratch);
  const hostDir = join(scratch, "sandboxes");
  mkdirSync(hostDir);
  const before = mountTable();
  const share = new FilesystemShare({ ...sandbox, hostDir }, { logger: stepLogger(scratch) });

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

  await showCopies(scratch, join(scratch, "pod"), web);

  const after = mountTable();
  heading("what is left");
  if (after !== before) throw new Error(`Cannot end: the mount table is another one now\n${after}`);
  console.log(`  nothing: the mount table has the same ${before.trim().split("\n").length} lines as before`);
});

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
