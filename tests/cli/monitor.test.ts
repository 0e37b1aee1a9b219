import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { kill, pid } from "node:process";
import { livingByCommand } from "../../node/mod.ts";
import { CommandHere, commandHere } from "../support/cli/command-here.ts";
import { runCommand } from "../support/cli/run-command.ts";
import { RunningCommand } from "../support/cli/running-command.ts";
import { readUnit } from "../support/deploy/unit.ts";
import { rejection } from "../support/errors.ts";
import { mountsBelow } from "../support/mounts.ts";
import { runtimeIn } from "../support/node/monitored.ts";
import { containerOf, eventOf, podOf } from "../support/nri/messages.ts";
import { packageRoot } from "../support/package-root.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { until } from "../support/ttrpc/served.ts";

// `guestshare monitor` and `guestshare list --node`.

/** The command of a monitor of a test's directory of sandboxes. */
const monitor = ({ hostDir, path }: Scratch) =>
  ["monitor", "--host-dir", hostDir, "--socket", `${path}/monitor.sock`] as const;

mountTest(
  "monitor prints what there is and what happens, and ends at Ctrl-C with nothing changed",
  async (scratch) => {
    await scratch.share().prepare();
    await using runtime = await runtimeIn(scratch);
    const words = [...monitor(scratch), "--nri-socket", runtime.socket, "--grace", "0"];
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
      CommandHere.start([
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
    assert.match(running.stdout, /"kind":"removed","id":"s2","directory":"[^"]*\/s2","mounts":3/);
    assert.equal(await running.interrupt(), 130);
    assert.match(running.stderr, /Removed so far: 1 sandbox with 3 mounts\./);
    assert.deepEqual(mountsBelow(scratch.hostDir).length, 3);
  },
);

mountTest("monitor that is stopped ends as the service in deploy/ takes for a success", async (scratch) => {
  await scratch.share().prepare();
  const running = RunningCommand.start([...monitor(scratch), "--living-command", "echo s1"]);
  await running.says(/sandbox \S+\/s1: living/);
  const unit = readUnit(readFileSync(join(packageRoot, "deploy/guestshare-monitor.service"), "utf8"));
  const success = unit.find(({ key }) => key === "SuccessExitStatus")?.value;
  assert.equal(String(await running.terminate()), success);
});

mountTest("monitor refuses what has no meaning, and says where it cannot look", async (scratch) => {
  for (const [words, what] of [
    [["--id", "s1"], /^guestshare: Cannot watch one sandbox by --id/],
    [["--runtime-pid", "-1"], /^guestshare: Cannot read --runtime-pid "-1"/],
    [["--port", "http"], /^guestshare: Cannot read --port "http"/],
    [["--gate", "/none.json"], /^guestshare: Cannot read the rules of "\/none.json": ENOENT/],
    [["--gate", scratch.file("gate.json", '{"refuse":{"paths":["x"]}}')], /refuse\.paths\[0\]/],
    [["--gate-trial"], /^guestshare: Cannot try a gate without its rules/],
    [["--every", "0"], /^guestshare: Cannot look --every 0/],
    [["--host-dir", "/run/.."], /^guestshare: Cannot watch --host-dir \//],
    [["--every", "soon"], /^guestshare: Cannot read --every "soon"/],
    [["--living-command", "true", "--nri-socket", "/run/x"], /^guestshare: Cannot take --nri-socket beside/],
  ] as const) {
    const { exitCode, stderr } = await commandHere([...monitor(scratch), ...words]);
    assert.equal(exitCode, 64, stderr);
    assert.match(stderr, what);
  }
  const words = [...monitor(scratch), "--living-command", "true", "--runtime-pid", "4194304"];
  const { exitCode, stderr } = await commandHere(words);
  assert.equal(exitCode, 1);
  assert.match(stderr, /^guestshare: Cannot look at the node's mounts: there is no process 4194304/);
});

mountTest("a monitor that cannot listen removes nothing", async (scratch) => {
  await scratch.share().prepare();
  const removing = ["--living-command", "echo other", "--grace", "0", "--yes"];
  const at = ["--host-dir", scratch.hostDir, "--socket"];
  const missing = await commandHere(["monitor", ...removing, ...at, `${scratch.path}/none/monitor.sock`]);
  assert.deepEqual([missing.exitCode, missing.stdout], [1, ""]);
  assert.match(missing.stderr, /none\/monitor\.sock": ENOENT\n.*\n +next: make its directory/);
  const taken = await commandHere(["monitor", ...removing, ...at, scratch.file("taken")]);
  assert.equal(taken.exitCode, 1);
  assert.match(taken.stderr, /EADDRINUSE/);
  assert.equal(mountsBelow(scratch.hostDir).length, 3);
});

mountTest("what a command has started ends with the monitor", async (scratch) => {
  const file = scratch.file("group", "");
  const ended = new AbortController();
  const living = livingByCommand(`echo $$ > ${file}; sleep 1000 | cat`, ended.signal)();
  await until(() => readFileSync(file, "utf8").endsWith("\n"));
  const group = Number(readFileSync(file, "utf8"));
  kill(-group, 0);
  ended.abort();
  assert.match(String(await rejection(living)), /fails: the monitor ends/);
  await until(() => {
    try {
      return !kill(-group, 0);
    } catch {
      return true;
    }
  });
});

mountTest("monitor has a gate, and is asked by list --node and on its port", async (scratch) => {
  await scratch.share().prepare();
  await using runtime = await runtimeIn(scratch, ["s1"]);
  const rules = scratch.file("gate.json", '{"refuse":{"hostRoot":true}}');
  const words = [...monitor(scratch), "--nri-socket", runtime.socket, "--gate", rules, "--port", "0"];
  const running = CommandHere.start(words);
  await running.says(/sandbox \S+\/s1: living \(listed\)\n/);
  const root = { destination: "/host", source: "/", type: "bind", options: ["rbind", "ro"] };
  const container = containerOf("c1", "s1", { mounts: [root] });
  const event = eventOf("createContainer", podOf("s1", { pid }), container);
  const { error } = await runtime.event("createContainer", event);
  assert.match(error ?? "", /mounts\[0\]/);
  await running.says(/the gate refused container-c1 of default\/pod-s1 \([a-z-]+\): .*mounts\[0\]/);
  const listed = await commandHere(["list", "--node", "--socket", `${scratch.path}/monitor.sock`]);
  assert.match(listed.stdout, /^s1 +guestshare +living +listed +3 +0 +default\/pod-s1 running$/m);
  assert.match(listed.stderr, /The gate refused 1 of 1\./);
  assert.equal(await running.interrupt(), 130);
  assert.equal(existsSync(`${scratch.path}/monitor.sock`), false);
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
    const running = CommandHere.start(["list", "--node", "--socket", socket, ...words]);
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
  // In a process of its own, which has no connection from before.
  const { exitCode, stderr: why } = runCommand(["list", "--node", "--socket", socket]);
  assert.equal(exitCode, 1);
  assert.match(why, /^guestshare: Cannot ask the monitor at "\S+": ENOENT/);
});
