import assert from "node:assert/strict";
import { createServer } from "node:http";
import { pid } from "node:process";
import { runCommand } from "../support/cli/run-command.ts";
import { RunningCommand } from "../support/cli/running-command.ts";
import { mountsBelow } from "../support/mounts.ts";
import { runtimeIn } from "../support/node/monitored.ts";
import { eventOf, podOf } from "../support/nri/messages.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare monitor` and `guestshare list --node`.

mountTest(
  "monitor prints what there is and what happens, and ends at Ctrl-C with nothing changed",
  async (scratch) => {
    await scratch.share().prepare();
    await using runtime = await runtimeIn(scratch);
    const words = ["monitor", "--nri-socket", runtime.socket, "--host-dir", scratch.hostDir, "--grace", "0"];
    const before = mountsBelow(scratch.hostDir);
    const running = RunningCommand.start([...words, "--every", "100ms"]);
    await running.says(/sandbox \S+\/s1: dead \(not-listed\)\n/);
    const event = eventOf("runPodSandbox", podOf("s1", { pid, name: "a\u001b[2J" }));
    await runtime.event("runPodSandbox", event);
    await running.says(/pod s1: running\n[\s\S]*sandbox \S+\/s1: living \(listed\)\n/);
    await scratch.share({ id: "s2" }).prepare();
    await running.says(/sandbox \S+\/s2: dead \(not-listed\)\n/);
    assert.equal(await running.interrupt(), 130);
    assert.match(running.stderr, /^Who lives is known by played 1\+unknown: 0 pods/);
    assert.match(running.stderr, /0 sandboxes living, 1 dead, 0 unknown; 3 mounts, 3 leaked\./);
    assert.equal(running.stdout.includes("\u001b"), false);
    assert.equal(mountsBelow(scratch.hostDir).length, 2 * before.length);
  },
);

mountTest(
  "monitor removes with --yes what a command does not name, and nothing if the command fails",
  async (scratch) => {
    for (const id of ["s1", "s2"]) await scratch.share({ id }).prepare();
    const watching = (command: string) =>
      RunningCommand.start([
        ...["monitor", "--json", "--living-command", command, "--host-dir", scratch.hostDir],
        ...["--grace", "0", "--yes", "--every", "50ms"],
      ]);
    for (const command of ["echo s1; exit 3", "true", "echo '* no id *'", "exec 1>&-; sleep 0"]) {
      const running = watching(command);
      await running.says(/"reason":"no-list"/);
      await running.interrupt();
      assert.match(running.stderr, /^Who lives is not known: /);
      assert.equal(mountsBelow(scratch.hostDir).length, 6);
    }
    const running = watching("echo s1");
    await running.says(/"directory":"[^"]*\/s1","state":"living"/);
    assert.equal(await running.interrupt(), 130);
    assert.match(running.stderr, /Removed so far: 1 sandbox with 3 mounts\./);
    assert.deepEqual(mountsBelow(scratch.hostDir).length, 3);
  },
);

mountTest("monitor refuses what has no meaning, and says where it cannot look", async (scratch) => {
  for (const [words, what] of [
    [["--id", "s1"], /^guestshare: Cannot watch one sandbox by --id/],
    [["--runtime-pid", "-1"], /^guestshare: Cannot read --runtime-pid "-1"/],
    [["--every", "soon"], /^guestshare: Cannot read --every "soon"/],
    [["--living-command", "true", "--nri-socket", "/run/x"], /^guestshare: Cannot take --nri-socket beside/],
  ] as const) {
    const { exitCode, stderr } = runCommand(["monitor", "--host-dir", scratch.hostDir, ...words]);
    assert.equal(exitCode, 64, stderr);
    assert.match(stderr, what);
  }
  const words = [
    "monitor",
    "--living-command",
    "true",
    "--runtime-pid",
    "4194304",
    "--host-dir",
    scratch.hostDir,
  ];
  const { exitCode, stderr } = runCommand(words);
  assert.equal(exitCode, 1);
  assert.match(stderr, /^guestshare: Cannot look at the node's mounts: openat: ENOENT/);
});

const status = {
  sandboxes: [
    {
      id: "s1\u001b[2J",
      directory: "/d/s1",
      state: "dead",
      reason: "not-listed",
      mounts: 5,
      findingCount: 1,
    },
    {
      ...{ id: "s2", directory: "/d/s2", layout: "kata-go", state: "living", reason: "listed", mounts: 9 },
      ...{ findingCount: 0, pod: { name: "web\u202e", namespace: "shop", state: "running" } },
    },
  ],
  counts: { sandboxes: { living: 1, dead: 1, unknown: 0 }, mounts: 14, leakedMounts: 5, findings: {} },
  living: { isKnown: true, pods: { running: 1, stopped: 0, "process-gone": 0, listed: 0 } },
  audits: { lastAt: "2026-11-30T08:00:00.000Z" },
  removed: { sandboxes: 0, mounts: 0, failures: 0 },
};

mountTest("list --node says what a monitor knows, by its socket", async (scratch) => {
  const socket = `${scratch.path}/monitor.sock`;
  let body = JSON.stringify(status);
  const server = createServer(({ url }, answer) =>
    answer.writeHead(url === "/node.json" ? 200 : 404).end(body),
  );
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const listed = async (...words: string[]) => {
    const running = RunningCommand.start(["list", "--node", "--socket", socket, ...words]);
    await running.end();
    return running;
  };
  const { stdout, stderr } = await listed();
  assert.deepEqual(stdout.split("\n"), [
    "SANDBOX    LAYOUT   STATE   WHY         MOUNTS  FINDINGS  POD",
    "s1\\x1b[2J           dead    not-listed  5       1",
    "s2         kata-go  living  listed      9       0         shop/web\\u{202e} running",
    "",
  ]);
  assert.match(stderr, /1 sandbox living, 1 dead, 0 unknown; 14 mounts, 5 leaked\./);
  const { sandboxes, schemaVersion } = JSON.parse((await listed("--json", "--id", "s2")).stdout);
  assert.deepEqual([schemaVersion, sandboxes.length, sandboxes[0].id], [1, 1, "s2"]);
  for (const wrong of ["{}", "[", "null", '{"sandboxes":1}']) {
    body = wrong;
    const refused = await listed();
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /^guestshare: Cannot ask the monitor at /);
  }
  server.close();
  const { exitCode, stderr: why } = await listed();
  assert.equal(exitCode, 1);
  assert.match(why, /^guestshare: Cannot ask the monitor at "\S+": ENOENT/);
});
