import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { connectAgent } from "../../ffi/agent/mod.ts";
import { type Container, EmbeddedGuest, type FilesystemShare } from "../../ffi/mod.ts";
import { rejection } from "../support/errors.ts";
import { unmount } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { packageRoot } from "../support/package-root.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { bindPrivately } from "../support/sandbox/kernel-below.ts";
import { Worker } from "../support/sandbox/worker.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// The table in docs/operations.md of what is wrong and what is thrown: each of its rows is tried here, cell by cell.

const operations = readFileSync(join(packageRoot, "docs/operations.md"), "utf8");
const [, lines = ""] = /^\| what is wrong \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/m.exec(operations) ?? [];
const rows = new Map(
  lines
    .trimEnd()
    .split("\n")
    .map((line) => line.split("|").slice(1, -1))
    .map(([what = "", ...cells]) => [what.trim(), cells.map((cell) => cell.trim())]),
);

// What a user may not is tried by unreadable-sources.test.ts, and by ends.test.ts of the copies; what a server does not answer by
// unanswered-sources.test.ts and unanswered-copies.test.ts; one whose server has died or is another user's, and what is below a
// source, by one-error.test.ts.
const ofOtherTests = [
  "the source's server does not answer",
  "the source's server has died",
  "the source is another user's FUSE",
  "something below the source cannot be read",
  "a directory above may not be entered",
  "the source may not be read",
  "this user may not mount",
];

const disk: Partial<Container> = { fstype: "ext4", blockDrive: { scsiAddr: "0:0" } };
const mount = (source: string) => ({ source, destination: "/x", type: "bind" });

type Try = (share: FilesystemShare) => Promise<unknown>;
type Guest = "serves" | "refuses" | "gone" | "none";

const byFile =
  (source: string): Try =>
  (share) =>
    share.shareFile({ id: "c1" }, mount(source));
const byContainer =
  (source: string, more: Partial<Container>): Try =>
  (share) =>
    share.shareContainer({ id: "c1", mounts: [mount(source)], ...more });

const tried: string[] = [];

/** Tries a row: by mounts, alone and in a container, and by a copy. What is not given is not tried. */
function row(
  what: string,
  tries: (scratch: Scratch) => { file?: Try; container?: Try; copy?: Try; guest?: Guest; prepared?: boolean },
): void {
  tried.push(what);
  mountTest(`what is thrown is what docs/operations.md says: ${what}`, async (scratch) => {
    const [file = "", container = "", copy = ""] = rows.get(what) ?? [];
    const { guest = "serves", prepared = true, ...wrong } = tries(scratch);
    const share = scratch.share();
    if (prepared) await share.prepare();
    if (wrong.file) await throws(file, wrong.file(share));
    if (wrong.container) await throws(container, wrong.container(share));
    if (prepared) await share.cleanup();
    if (wrong.copy) await throws(copy, copied(scratch, guest, wrong.copy));
  });
}

async function throws(cell: string, call: Promise<unknown>): Promise<void> {
  const [, name, code] = /^`(\w+)` (?:with the agent's code, such as )?([\w-]+)/.exec(cell) ?? [];
  if (name === undefined) {
    assert.match(cell, /^none/);
    await call;
    return;
  }
  const error = (await rejection(call)) as Error & { code: string };
  assert.deepEqual([error.name, error.code], [name, code]);
}

async function copied(scratch: Scratch, guest: Guest, wrong: Try): Promise<unknown> {
  const refusal = guest === "refuses" ? { code: 7, message: "by its policy" } : undefined;
  const embedded = await EmbeddedGuest.serve(scratch.directory("guest"), join(scratch.path, "agent.sock"), {
    shareDir: "/guest",
    onRequest: () => refusal,
  });
  const agent = await connectAgent(embedded.address);
  if (guest === "gone") await embedded.close();
  try {
    return await wrong(scratch.share({ sharedFs: "none" }, guest === "none" ? {} : { agent }));
  } finally {
    await agent.close();
    await embedded.close();
  }
}

row("the source is missing", ({ path }) => ({
  file: byFile(join(path, "no")),
  container: byContainer(join(path, "no"), { rootFs: { target: path } }),
  copy: byFile(join(path, "no")),
}));

row("the root filesystem is missing", ({ path }) => ({
  container: (share) => share.shareContainer({ id: "c1", rootFs: { target: join(path, "no") } }),
}));

row("the root filesystem is a file", (scratch) => ({
  container: (share) => share.shareContainer({ id: "c1", rootFs: { target: scratch.file("f") } }),
}));

row("the source is a link that leads to itself", ({ path }) => {
  symlinkSync("loop", join(path, "loop"));
  return {
    file: byFile(join(path, "loop")),
    container: byContainer(join(path, "loop"), { rootFs: { target: path } }),
    copy: byFile(join(path, "loop")),
  };
});

row("the source was deleted where it was mounted from", (scratch) => {
  const source = scratch.file("sub-path");
  bindPrivately(scratch.file("key"), source);
  rmSync(join(scratch.path, "key"));
  return {
    file: byFile(source),
    container: byContainer(source, { rootFs: { target: scratch.directory("root") } }),
    copy: byFile(source),
  };
});

row("the source is on a filesystem of the kernel's", (scratch) => {
  const source = scratch.directory("status");
  bindPrivately("/proc", source);
  return {
    file: byFile(source),
    container: byContainer(source, { rootFs: { target: scratch.directory("root") } }),
    copy: byFile(source),
  };
});

// Only root of the machine makes a device; others try the machine's, which a container does not share.
row("the source is a device", ({ path }) => {
  const own = join(path, "null");
  if (isMachineRoot) execFileSync("mknod", [own, "c", "1", "3"]);
  const source = isMachineRoot ? own : "/dev/null";
  return {
    file: byFile(source),
    container: isMachineRoot
      ? byContainer(source, { rootFs: { target: path } })
      : (share) => share.shareFile({ id: "c1" }, mount(source), { together: true }),
    copy: byContainer(source, disk),
  };
});

row("the sandbox is not prepared", (scratch) => ({
  prepared: false,
  file: byFile(scratch.file("f")),
  container: byContainer(scratch.file("f"), { rootFs: { target: scratch.directory("root") } }),
  copy: byFile(scratch.file("f")),
}));

row("the sandbox is in another mount namespace", (scratch) => ({
  prepared: false,
  file: async (share) => {
    const there = await Worker.start(ownRuntime, ["unshare", "-m", "--propagation", "private", "--"]);
    await there.obey({ sandbox: scratch.sandbox(), calls: [["prepare"]] });
    return byFile(scratch.file("f"))(share);
  },
  container: byContainer(scratch.file("f"), { rootFs: { target: scratch.directory("root") } }),
  copy: byFile(scratch.file("f")),
}));

const spoiled: readonly [what: string, spoil: (scratch: Scratch) => void][] = [
  ["is gone", (scratch) => unmount(scratch.view(""))],
  ["does not follow the hub", (scratch) => execFileSync("mount", ["--make-private", scratch.view("")])],
];
for (const [what, spoil] of spoiled) {
  row(`the guest's view ${what}`, (scratch) => ({
    file: (share) => {
      spoil(scratch);
      return byFile(scratch.file("f"))(share);
    },
    container: byContainer(scratch.file("f"), { rootFs: { target: scratch.directory("root") } }),
    copy: byFile(scratch.file("f")),
  }));
}

row("a directory is the root, and nothing is shared", (scratch) => ({
  copy: byContainer(scratch.file("f"), { rootFs: { target: scratch.directory("root") } }),
}));

row("no agent was given", (scratch) => ({ guest: "none", copy: byContainer(scratch.file("f"), disk) }));

row("the agent refuses", (scratch) => ({ guest: "refuses", copy: byContainer(scratch.file("f"), disk) }));

row("the agent is gone", (scratch) => ({ guest: "gone", copy: byContainer(scratch.file("f"), disk) }));

row("the signal was aborted", (scratch) => ({
  copy: (share) => share.shareFile({ id: "c1" }, mount(scratch.file("f")), { signal: AbortSignal.abort() }),
}));

test("each row of the table of errors is tried", () => {
  assert.deepEqual([...rows.keys()].sort(), [...tried, ...ofOtherTests].sort());
});
