import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { type Logger as PinoLogger, pino } from "pino";
import {
  FilesystemShare,
  type FilesystemShareOptions,
  type LibcName,
  type Logger,
  openLibc,
} from "../../ffi/mod.ts";
import { faulty } from "../support/faults/wrapped-libc.ts";
import { libc, ownRuntime } from "../support/runtimes.ts";
import { container, fill, fullSandbox } from "../support/sandbox/full.ts";
import { mountTest, random } from "../support/scratch.ts";

interface Line {
  readonly subsystem: string;
  readonly sandbox: string;
  readonly changed: boolean;
  readonly step: { op: string; target?: string; path?: string };
}

function recorder(): { lines: Line[]; messages: (string | undefined)[]; logger: Logger } {
  const lines: Line[] = [];
  const messages: (string | undefined)[] = [];
  const logger = {
    debug(fields: object, message?: string): void {
      lines.push(fields as Line);
      messages.push(message);
    },
  };
  return { lines, messages, logger };
}

const opsOf = (lines: readonly Line[]) => lines.map(({ step }) => step.op).join(" ");

mountTest("a logger gets one debug line for each step, with its fields", async (scratch) => {
  const { lines, messages, logger } = recorder();
  const share = scratch.share({}, { logger });
  await share.prepare();
  assert.equal(opsOf(lines), "mkdir mark guard mkdir mkdir hub view");
  const mount = { source: scratch.file("f"), destination: "/f" };
  const shared = await share.shareFile(container, mount, { random });
  assert.deepEqual(lines.at(-1), {
    subsystem: "filesystem share",
    sandbox: "s1",
    changed: true,
    step: {
      op: "bind",
      source: mount.source,
      target: shared?.hostPath,
      recursive: false,
      attributes: [],
      undo: [
        { op: "umount", target: shared?.hostPath, undo: [] },
        { op: "remove", path: shared?.hostPath, undo: [] },
      ],
    },
  });
  await share.shareFile(container, mount, { random });
  assert.equal(lines.at(-1)?.changed, false);
  const before = lines.length;
  await share.cleanup();
  assert.equal(opsOf(lines.slice(before)), "umount umount umount remove remove remove remove remove");
  assert.deepEqual(
    lines.slice(before).map(({ changed }) => changed),
    [true, false, false, true, true, false, true, true],
  );
  assert.deepEqual(
    messages,
    lines.map(({ step }) => step.op),
  );
  assert.ok(lines.every(({ subsystem, sandbox }) => subsystem === "filesystem share" && sandbox === "s1"));
});

mountTest("what is undone is logged too", async (scratch) => {
  const { lines, logger } = recorder();
  const share = scratch.share({ sandboxBindMounts: ["/missing"] }, { logger });
  await assert.rejects(share.prepare(), { code: "ENOENT" });
  assert.equal(
    opsOf(lines),
    "mkdir mark guard mkdir mkdir hub view mkdir remove umount umount remove remove umount remove remove",
  );
});

mountTest("a step that fails is in the error, and not in the log", async (scratch) => {
  const { lines, logger } = recorder();
  const share = scratch.share({}, { logger, libc: faulty(libc, { at: 1, errno: 24 }) });
  await assert.rejects(share.prepare(), { name: "StepError" });
  assert.deepEqual(lines, []);
});

mountTest("a pino logger is a logger", async (scratch) => {
  const written: string[] = [];
  const logger: PinoLogger = pino({ level: "debug" }, { write: (line: string) => void written.push(line) });
  const share = await fill(scratch, fullSandbox(scratch), { logger });
  await share.cleanup();
  const lines = written.map((line) => JSON.parse(line) as Line & { level: number; msg: string });
  assert.ok(lines.length > 15);
  assert.ok(
    lines.every(({ level, msg, step, subsystem }) => level === 20 && msg === step.op && subsystem !== ""),
  );
  const quiet = pino({ level: "info" }, { write: () => assert.fail("steps are for debugging") });
  await scratch.share({}, { logger: quiet }).cleanup();
});

mountTest("a logger that fails disturbs nothing", async (scratch) => {
  const logger = {
    debug(): void {
      throw new Error("no room for this line");
    },
  };
  const share = scratch.share({}, { logger });
  await share.prepare();
  const mount = { source: scratch.file("f", "told"), destination: "/f" };
  const { hostPath = "" } = (await share.shareFile({ id: "c1" }, mount)) ?? {};
  assert.equal(readFileSync(hostPath, "utf8"), "told");
  await share.cleanup();
  assert.deepEqual(readdirSync(scratch.hostDir), []);
});

test("options that are none are refused before anything is done", () => {
  const wrong: readonly object[] = [
    { logger: {} },
    { logger: console.log },
    { lockTimeoutMs: Number.NaN },
    { lockTimeoutMs: -1 },
    { sourceTimeoutMs: "5" },
    { libc: "koffi" },
    { libc: Promise.resolve() },
    { onCopied: 5 },
    { onWatch: "x" },
    { watch: "no" },
    { copy: { window: 0 } },
    { copy: { windw: 3 } },
    { onCopy: () => {} },
    { toString: () => "" },
  ];
  for (const options of wrong) {
    assert.throws(() => new FilesystemShare({ id: "s1" }, options as FilesystemShareOptions), TypeError);
  }
});

test("an unknown way to libc is refused by name", async () => {
  await assert.rejects(openLibc("libffi" as LibcName), /Cannot open libc by "libffi".*"ffi-rs"/);
});

test("ffi-rs is opened on Node, and refused on Deno, where node:fs has descriptors of its own", async () => {
  if (ownRuntime === "deno")
    await assert.rejects(openLibc("ffi-rs"), /^Error: Cannot open libc by ffi-rs: Deno's node:fs/);
  else assert.equal((await openLibc("ffi-rs")).name, "ffi-rs");
});
