// The first minute: a small pod's files are planned, shared, looked at as the guest does, and taken back, by the command. Then the
// same container for a guest that shares nothing.
// Run by `npm start`, as root or as an ordinary user, in a mount namespace of its own.
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inOwnNamespace } from "guestshare/vm";
import { command, jsonOf, show } from "./command.ts";
import { showCopies } from "./copies.ts";
import { heading, table } from "./lines.ts";
import { mountTable } from "./mount-table.ts";
import { makePod, type Pod } from "./pod.ts";
import { treeOf } from "./tree.ts";

await inOwnNamespace(async (scratch) => {
  // This namespace's own: the sandboxes are where they always are, and the machine's are not touched.
  execFileSync("mount", ["-t", "tmpfs", "-o", "mode=0755", "run", "/run"]);
  const pod = makePod("/run");
  const before = mountTable();
  explain();
  share(pod);
  lookAsGuest(pod);
  takeBack(pod);
  await showCopies(scratch, pod);
  endWith(before);
});

function explain(): void {
  console.log(
    "A pod of two containers, web and sidecar, is in a virtual machine. It is to have these files of the host.",
  );
  console.log(
    "All of this happens in a mount namespace of its own: the machine's mounts stay as they are.\n",
  );
  table(
    ["guard", "the pod's directory on the host, which no other mount namespace gets a copy of"],
    ["hub", "mounts/ in it: each share is a mount there, with its attributes from its first instant"],
    ["view", "shared/ beside it: what the guest sees. It follows the hub, and is read-only at its top"],
    ["use", "a note in the hub that a container uses a share: the last one to go unmounts it"],
    ["mark", "a note in which mount namespace the pod lives"],
    ["outcome", "what becomes of each mount of a container: shared, copied, or made by the guest itself"],
  );
}

function share({ directory }: Pod): void {
  show(directory, "plan", "--id", "pod1", "web");
  show(directory, "apply", "--id", "pod1", "--yes", "web");
  heading("The other container uses the same data: its share is there already (=).");
  show(directory, "plan", "--id", "pod1", "sidecar");
  show(directory, "apply", "--id", "pod1", "--yes", "sidecar");
  show(directory, "list");
}

interface Storage {
  readonly driver: string;
  readonly source: string;
  readonly fstype: string;
  readonly mountPoint: string;
  readonly options: readonly string[];
}

function lookAsGuest({ directory }: Pod): void {
  const view = "/run/kata-containers/shared/sandboxes/pod1/shared";
  heading("What the guest sees, read through the view:");
  console.log(treeOf(view));
  heading("What the guest may write:");
  const find = (label: string) => join(view, readdirSync(view).find((name) => name.endsWith(label)) ?? label);
  tryToWrite("the config, which is shared read-only", find("-app.conf"));
  tryToWrite("the data, which is shared writable", join(find("-data"), "from-guest.txt"));
  heading("What the guest's agent mounts before it starts a container:");
  const words = ["plan", "--format", "oci", "--id", "pod1", "web"];
  const { storages, sandboxStorages } = jsonOf<{ storages: Storage[]; sandboxStorages: Storage[] }>(
    directory,
    ...words,
  );
  const rows = [...sandboxStorages, ...storages].map(({ driver, source, fstype, mountPoint, options }) => [
    ...[driver, source, fstype, mountPoint, options.join()],
  ]);
  table(["DRIVER", "SOURCE", "FSTYPE", "MOUNT-POINT", "OPTIONS"], ...rows);
}

function takeBack({ directory }: Pod): void {
  show(directory, "audit");
  show(directory, "cleanup", "--id", "pod1");
}

function endWith(before: string): void {
  const after = mountTable();
  if (after !== before) throw new Error(`Cannot end: the mount table is another one now\n${after}`);
  const lines = before.trim().split("\n").length;
  heading(`Nothing is left: the mount table has the same ${lines} lines as before.`);
  heading(
    "Try next, as root. In a shell of `unshare -m`, all mounts end with the shell; directories stay until cleanup.",
  );
  console.log(`  alias guestshare="node ${command}"`);
  table(
    ["guestshare doctor", "what this machine has for it, and what to do about the rest"],
    ["guestshare plan -v /etc/hosts:/etc/hosts:ro", "what it would do; touches nothing"],
    ["guestshare apply -v /etc/hosts:/etc/hosts:ro", "does it, and says how to undo it"],
    ["guestshare plan --format sh -v /etc/passwd", "the same as a script of mount and umount"],
    ["guestshare --help", "all commands; the README says more"],
    ["guestshare run -v /etc/hosts:/etc/hosts:ro .", "a shell in a virtual machine that has this directory"],
  );
  console.log(
    "\n`npm run guest` is `guestshare run .`: also as an ordinary user, and it names what it lacks.",
  );
}

function tryToWrite(what: string, path: string): void {
  try {
    writeFileSync(path, "written by the guest\n");
    console.log(`  ${what}: written`);
  } catch (error) {
    console.log(`  ${what}: refused, ${(error as { code: string }).code}`);
  }
}
