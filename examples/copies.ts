import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { connectAgent } from "guestshare/agent";
import { type Container, type CopyNote, copyReasons, EmbeddedGuest, FilesystemShare } from "guestshare/host";
import { heading } from "./heading.ts";
import { mountTable } from "./mount-table.ts";
import { stepLogger } from "./steps.ts";
import { treeOf } from "./tree.ts";

/**
 * Shows the same container for a guest that shares nothing: its agent gets copies. Here the agent is in this process and
 * writes into a directory; in Kata it is in the guest, and `connectAgent` goes there.
 */
export async function showCopies(scratch: string, pod: string, web: Container): Promise<void> {
  const directory = join(scratch, "guest");
  mkdirSync(directory);
  const guest = await EmbeddedGuest.serve(directory, join(scratch, "agent.sock"));
  const agent = await connectAgent(guest.address);
  const notes: CopyNote[] = [];
  const share = new FilesystemShare(
    { id: "pod2", sharedFs: "none" },
    {
      agent,
      logger: stepLogger(scratch),
      onCopied: (_, { skipped, warnings }) => notes.push(...skipped, ...warnings),
    },
  );
  try {
    makeOddities(join(pod, "data"));
    const before = mountTable();
    heading("the same container for a guest that shares nothing: a disk is its root, the volumes are copied");
    const copied = { ...web, fstype: "ext4", blockDrive: { scsiAddr: "0:0" } };
    await share.shareContainer(copied);
    console.log(`  mounts made: ${mountTable() === before ? "none" : "some"}`);
    heading("what arrived in the guest");
    console.log(treeOf(directory));
    heading("what did not, or not as it is");
    for (const { path, reason } of notes)
      console.log(`  ${path.slice(pod.length + 1).padEnd(24)}${copyReasons[reason]}`);

    // How the guest follows what changes on the host belongs here: the container is shared, and the agent is there.

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
