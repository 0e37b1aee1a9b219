import { execFileSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { linkSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { connectAgent } from "guestshare/agent";
import { type CopyNote, copyReasons, EmbeddedGuest, FilesystemShare } from "guestshare/host";
import { heading } from "./lines.ts";
import { mountTable } from "./mount-table.ts";
import type { Pod } from "./pod.ts";
import { treeOf } from "./tree.ts";
import { turnOver } from "./turn-over.ts";

/**
 * Shows the same container for a guest that shares nothing: its agent gets copies. Here the agent is in this process and
 * writes into a directory; in Kata it is in the guest, and `connectAgent` goes there.
 */
export async function showCopies(scratch: string, { directory: pod, web }: Pod): Promise<void> {
  const directory = join(scratch, "guest");
  mkdirSync(directory);
  const guest = await EmbeddedGuest.serve(directory, join(scratch, "agent.sock"));
  const agent = await connectAgent(guest.address);
  const notes: CopyNote[] = [];
  const volume = join(pod, "volumes/kubernetes.io~configmap/settings");
  const watch = new EventEmitter();
  const share = new FilesystemShare(
    { id: "pod2", hostDir: join(scratch, "sandboxes"), sharedFs: "none" },
    {
      agent,
      onCopied: ({ source }, { entries, skipped, warnings }) => {
        console.log(`  ${source}: entries sent: ${entries}`);
        notes.push(...skipped, ...warnings);
      },
      onWatch: ({ kind }) => watch.emit(kind),
    },
  );
  try {
    makeOddities(join(pod, "data"));
    turnOver(volume, { greeting: "hello" });
    const before = mountTable();
    heading(
      "The same container for a guest that shares nothing. A disk is its root; its agent gets copies of the rest:",
    );
    const configmap = { destination: "/settings", type: "bind", source: volume, options: ["rbind", "ro"] };
    const copied = {
      ...{ ...web, fstype: "ext4", blockDrive: { scsiAddr: "0:0" } },
      mounts: [...(web.mounts ?? []), configmap],
    };
    const { mounts } = await share.shareContainer(copied);
    console.log(`  mounts made: ${mountTable() === before ? "none" : "some"}`);
    heading("What arrived in the guest:");
    console.log(treeOf(directory));
    heading("What did not, or not as it is:");
    for (const { path, reason } of notes)
      console.log(`  ${path.slice(pod.length + 1).padEnd(24)}${copyReasons[reason]}`);

    heading("Its configmap gets a new version on the host. What the guest reads then:");
    const settings = join(directory, String(basename(mounts.at(-1)?.source ?? "")));
    const updated = once(watch, "updated", { signal: AbortSignal.timeout(10_000) });
    turnOver(volume, { greeting: "hello again" });
    await updated;
    console.log(`  greeting: ${readFileSync(join(settings, "greeting"), "utf8")}`);

    await share.unshareContainer(copied);
  } finally {
    await agent.close();
    await guest.close();
  }
}

// What cannot be copied, and what can, but not as it is.
function makeOddities(directory: string): void {
  execFileSync("mkfifo", [join(directory, "pipe")]);
  linkSync(join(directory, "journal.txt"), join(directory, "same-journal.txt"));
}
