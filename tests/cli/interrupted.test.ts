import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "../support/child.ts";
import { largeBundle, named } from "../support/cli/in-sandbox.ts";
import { binary } from "../support/cli/run-command.ts";
import { mountsBelow } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// Ctrl-C while `guestshare apply` works.

/** The command once it has begun to share the container. */
async function begun(scratch: Scratch): Promise<Child> {
  const bundle = largeBundle(scratch);
  const child = new Child([...binary, "apply", ...named(scratch), bundle] as [string, ...string[]]);
  const end = Date.now() + 60_000;
  void readAll(child);
  while (!existsSync(scratch.hub("c1/rootfs")) && Date.now() < end) await sleep(1);
  return child;
}

/** A command that will wait for its input, once it listens to signals. */
async function waiting(...words: readonly string[]): Promise<Child> {
  const child = new Child([...binary, ...words] as [string, ...string[]]);
  // The last that it listens to. A runtime listens to others from its start on.
  while (!isCaught("SIGHUP", child.pid)) await sleep(10);
  await sleep(200);
  return child;
}

function isCaught(signal: keyof typeof constants.signals, pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mask = BigInt(`0x${/^SigCgt:\s*(\w+)$/m.exec(status)?.[1] ?? 0}`);
  return (mask & (1n << BigInt(constants.signals[signal] - 1))) !== 0n;
}

// A command that nobody listens to would wait with what it prints.
async function readAll(child: Child): Promise<void> {
  try {
    for (;;) await child.line();
  } catch {
    // It has ended.
  }
}

mountTest("Ctrl-C takes back all that was done, and ends with 130", async (scratch) => {
  const child = await begun(scratch);
  process.kill(child.pid, "SIGINT");
  const { code, stdout, stderr } = await child.ended;
  assert.deepEqual([code, stdout.length], [130, 0], stderr);
  assert.match(stderr, /^guestshare: Interrupted\n {2}why: {2}what was done before was taken back/m);
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
  assert.ok(!existsSync(scratch.inSandbox()));
});

mountTest("a second Ctrl-C ends it at once, and says by which command what is left goes", async (scratch) => {
  const child = await begun(scratch);
  // Two of the same kind could be one when the loop has its turn.
  process.kill(child.pid, "SIGINT");
  process.kill(child.pid, "SIGTERM");
  const { code, stderr } = await child.ended;
  assert.ok(code === 130 || code === 143, `${code}: ${stderr}`); // of whichever the runtime tells first
  assert.match(stderr, /What may be left goes by: guestshare cleanup --id s1 --host-dir \S+\n$/);
});

mountTest("SIGTERM and SIGHUP end a command with 143 and 129", async () => {
  for (const [name, expected] of [
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    const child = await waiting("apply", "-");
    process.kill(child.pid, name);
    const { code, stderr } = await child.ended;
    assert.deepEqual([code, stderr.split("\n")[0]], [expected, "guestshare: Interrupted"]);
  }
});

mountTest("Ctrl-C ends a command that waits for its input", async () => {
  const child = await waiting("apply", "-");
  process.kill(child.pid, "SIGINT");
  const { code, stderr } = await child.ended;
  assert.deepEqual([code, stderr.split("\n")[0]], [130, "guestshare: Interrupted"]);
});

for (const options of [["plan"], ["gc", "--living-file"]]) {
  mountTest(`Ctrl-C ends ${options[0]} while a FIFO of its command line has no writer`, async (scratch) => {
    const fifo = join(scratch.directory("pipes"), "fifo");
    execFileSync("mkfifo", [fifo]);
    const child = await waiting(...options, fifo);
    process.kill(child.pid, "SIGINT");
    const { code, stderr } = await child.ended;
    assert.deepEqual([code, stderr.split("\n")[0]], [130, "guestshare: Interrupted"]);
  });
}

test("a FIFO of the command line is read", async () => {
  const request = JSON.stringify({ op: "prepare", sandbox: { id: "s1" } });
  const script = 'exec "$@" plan --json <(sleep 0.2; printf %s "$0")';
  const printed = execFileSync("bash", ["-c", script, request, ...binary], { encoding: "utf8" });
  assert.match(printed, /"op": ?"prepare"/);
});
