import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { env, kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Virtiofsd } from "../../vm/mod.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { listening, processesWith, virtiofsds } from "./support/virtiofsds.ts";

mountTest("a socket that is in use, and a file in its place, stay as they are", async (scratch) => {
  const directory = scratch.directory("shared");
  const file = scratch.file("file", "precious");
  const program = fake(scratch, 'touch "$0.ran"');
  const start = (socket: string) => Virtiofsd.start({ directory }, { program, socket });
  await assert.rejects(start(file), { name: "VirtiofsdError", code: "EEXIST" });
  assert.equal(readFileSync(file, "utf8"), "precious");
  const server = createServer().listen(`${scratch.path}/used`);
  await once(server, "listening");
  await assert.rejects(start(`${scratch.path}/used`), { name: "VirtiofsdError", code: "EADDRINUSE" });
  server.close();
  for (const socket of ["v.sock", `${scratch.path}/${"a".repeat(107)}`, `${scratch.path}/a\nb`, "/a\0b"])
    await assert.rejects(start(socket), { name: "LaunchError", path: "socket" });
  assert.equal(existsSync(`${program}.ran`), false);
});

/** A program that answers `--help` as QEMU's own, and then does what it is given. */
function fake(scratch: Scratch, lines: string): string {
  return scratch.file(
    "fake",
    `#!/bin/sh\n[ "$1" != --help ] || { echo "-o source=PATH"; exit; }\n${lines}\n`,
    0o755,
  );
}

const room = (scratch: Scratch) => {
  env.XDG_RUNTIME_DIR = scratch.directory("runtime");
  return () => assert.deepEqual(readdirSync(`${scratch.path}/runtime`), [], "a socket's directory is left");
};

mountTest(
  "a program that is missing, none, over at once, or never ready is an error with its last lines",
  async (scratch) => {
    const assertEmpty = room(scratch);
    const chosen = env.GUESTSHARE_VIRTIOFSD;
    const directory = scratch.directory("shared");
    const start = (options: object) => Virtiofsd.start({ directory }, options);
    env.GUESTSHARE_VIRTIOFSD = "/nothing/here";
    await assert.rejects(start({}), {
      name: "VirtiofsdError",
      code: "ENOENT",
      message: /GUESTSHARE_VIRTIOFSD/,
    });
    env.GUESTSHARE_VIRTIOFSD = chosen ?? "";
    await assert.rejects(start({ program: "/bin/true" }), { name: "VirtiofsdError", code: "ENOEXEC" });
    await assert.rejects(start({ program: "virtiofsd" }), { name: "LaunchError", path: "program" });
    const groups = scratch.file("groups", "#!/bin/sh\necho 'setgroups() failed' >&2; exit 1\n", 0o755);
    await assert.rejects(start({ program: groups }), { code: "EPERM", message: /uidmap.*\/etc\/subgid/ });
    const over = start({ program: fake(scratch, "echo oh >&2; exit 3") });
    await assert.rejects(over, { code: "ECHILD", lines: ["oh"], directory });
    const never = start({ program: fake(scratch, "echo waiting >&2; exec sleep 1000"), startTimeoutMs: 300 });
    await assert.rejects(never, { code: "ETIMEDOUT", lines: ["waiting"] });
    assert.deepEqual(processesWith(`${scratch.path}/runtime`), []);
    const path = env.PATH;
    env.PATH = "";
    await assert.rejects(start({ program: fake(scratch, "") }), { code: "ENOENT", message: /util-linux/ });
    env.PATH = path ?? "";
    for (const [path, code] of [
      ["nothing", "ENOENT"],
      ["fake", "ENOTDIR"],
    ])
      await assert.rejects(Virtiofsd.start({ directory: `${scratch.path}/${path}` }), { code });
    await assert.rejects(Virtiofsd.start({ directory: "shared" }), {
      name: "LaunchError",
      path: "directory",
    });
    await assert.rejects(start({ readonly: true }), { name: "LaunchError", path: "readonly" });
    await assert.rejects(start({ extraArguments: ["--sandbox=none"] }), { path: "extraArguments[0]" });
    assertEmpty();
  },
);

mountTest("a signal that is aborted before, while it starts, or later ends it", async (scratch) => {
  const assertEmpty = room(scratch);
  const directory = scratch.directory("shared");
  const program = fake(scratch, "exec sleep 1000");
  const before = Virtiofsd.start({ directory }, { program, signal: AbortSignal.abort() });
  await assert.rejects(before, { name: "AbortError" });
  const during = Virtiofsd.start({ directory }, { program, signal: AbortSignal.timeout(200) });
  await assert.rejects(during, { name: "TimeoutError" });
  assertEmpty();
  const [real] = virtiofsds;
  if (real === undefined) return;
  const stop = new AbortController();
  const daemon = await Virtiofsd.start({ directory }, { program: real, signal: stop.signal });
  stop.abort();
  assert.deepEqual(await daemon.exited, { code: undefined, signal: "SIGKILL" });
  assertEmpty();
});

mountTest("it may be ended while it ends, at any moment", async (scratch) => {
  const [real] = virtiofsds;
  if (real === undefined) return;
  const assertEmpty = room(scratch);
  const directory = scratch.directory("shared");
  for (let round = 0; round < 10; round += 1) {
    const daemon = await Virtiofsd.start({ directory }, { program: real });
    const ends = [daemon.end()];
    let isOver = false;
    void daemon.exited.then(() => {
      isOver = true;
    });
    for (; !isOver; await sleep(0)) ends.push(daemon.end());
    await Promise.all(ends);
  }
  assertEmpty();
});

mountTest("a kill of the shell that keeps it leaves neither socket nor directory", async (scratch) => {
  const [real] = virtiofsds;
  if (real === undefined) return;
  const assertEmpty = room(scratch);
  const daemon = await Virtiofsd.start({ directory: scratch.directory("shared") }, { program: real });
  const lock = `/var/run/virtiofsd/${daemon.socket.replaceAll("/", ".")}.pid`;
  const shells = processesWith(daemon.socket).filter((each) => commandOf(each).startsWith("/bin/sh\0-c"));
  assert.equal(shells.length, 1);
  kill(Number(shells[0]), "SIGKILL");
  assert.equal((await daemon.exited).signal, "SIGKILL");
  assertEmpty();
  assert.ok(!existsSync(lock));
});

function commandOf(process: string): string {
  return readFileSync(`/proc/${process}/cmdline`, "utf8");
}

mountTest("a log that a guest floods is bounded, and has no control characters", async (scratch) => {
  const assertEmpty = room(scratch);
  const { told, log } = listening();
  const flood =
    "head -c 3000000 /dev/zero | tr '\\0' x >&2; printf '\\n\\033[31mred\\r\\377\\342\\200\\256\\n\\n' >&2";
  const program = fake(scratch, `${flood}; for i in $(seq 100); do echo line $i >&2; done; printf end >&2`);
  const started = Virtiofsd.start({ directory: scratch.directory("shared") }, { program, log });
  await assert.rejects(started, ({ lines }) => lines.length === 20 && lines.at(-1) === "end");
  const lines = told.flatMap(({ line }) => line ?? []);
  assert.equal(lines.length, 103);
  assert.equal(lines[0], `${"x".repeat(2000)}…`);
  assert.equal(lines[1], "\\u{1b}[31mred\\u{d}\ufffd\\u{202e}");
  assertEmpty();
});

mountTest(
  "it has no descriptor of ours, no level of ours, and no directory of ours; and a logger may fail",
  async (scratch) => {
    const assertEmpty = room(scratch);
    env.RUST_LOG = "trace";
    const program = fake(scratch, "ls -l /proc/self/fd >&2; pwd >&2; env | grep RUST_LOG >&2; echo end >&2");
    const log = {
      debug: () => {
        throw new Error("of the logger");
      },
    };
    const started = Virtiofsd.start({ directory: scratch.directory("shared") }, { program, log });
    const lines = await started.then(
      () => [],
      (error) => error.lines as string[],
    );
    delete env.RUST_LOG;
    assert.ok(!lines.some((line: string) => line.includes(scratch.path)), lines.join("\n"));
    assert.deepEqual(lines.slice(-2), ["/", "end"]);
    assertEmpty();
  },
);
