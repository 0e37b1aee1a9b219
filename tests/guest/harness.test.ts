// Of the harness itself: it ends in time, leaves nothing, and sees a host that is led astray.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { Virtiofsd } from "../../vm/mod.ts";
import { Child } from "../support/child.ts";
import { packageRoot } from "../support/package-root.ts";
import { mountTest } from "../support/scratch.ts";
import { contested } from "./support/contested.ts";
import { eventually } from "./support/eventually.ts";
import { Guest } from "./support/guest.ts";
import { guestTest, inGuest, machinesLeft } from "./support/guest-test.ts";
import { Outside } from "./support/outside.ts";

mountTest("a guest that is not up in time is given up, and one that cannot come up", async (scratch) => {
  const hardware = { disks: [], machine: "pc" } as const;
  const late = Guest.boot(scratch.directory("late"), hardware, { timeoutMs: 200 });
  await assert.rejects(late, /Cannot boot a guest/);
  assert.deepEqual(machinesLeft(), []);
  const broken = Guest.boot(scratch.directory("broken"), hardware, {
    words: ["rdinit=/nothing", "panic=-1"],
  });
  await assert.rejects(broken, /Kernel panic|No working init/);
  assert.deepEqual(machinesLeft(), []);
});

mountTest("a call to a guest that is gone fails", async (scratch) => {
  const guest = await Guest.boot(scratch.directory("machine"), { disks: [], machine: "pc" });
  const waiting = assert.rejects(guest.run("busybox", "sleep", "100"), /it is gone/);
  await guest.kill();
  await waiting;
  await assert.rejects(guest.names("/"), /it is gone/);
  assert.deepEqual(machinesLeft(), []);
});

mountTest("a run ends with its runner, however that one ends, and leaves no file", async (scratch) => {
  // What is over, and was left to a process that waits for no others, has no command line.
  const processes = () =>
    readdirSync("/proc").filter(
      (name) => /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`).length > 0,
    );
  const before = processes();
  // Node's runner runs nothing below another one, if it knows.
  const unaware = ["env", "-u", "NODE_TEST_CONTEXT"] as const;
  const temporary = scratch.directory("tmp");
  const program = [...unaware, `TMPDIR=${temporary}`, execPath] as const;
  const runner = new Child([
    ...program,
    join(packageRoot, "dist/tests/run.js"),
    "--all",
    "guest",
    "container",
  ]);
  await eventually(async () => assert.notDeepEqual(machinesLeft(), []), 60_000);
  await runner.kill();
  await eventually(async () => assert.deepEqual(processes(), before));
  assert.deepEqual(readdirSync(temporary), []);
});

const slowVirtiofsd = `#!/usr/bin/perl
use Socket;
if ($ARGV[0] eq "--help") {
  print "-o source=PATH\n";
  exit;
}
my ($path) = $ARGV[0] =~ /^--socket-path=(.*)/;
socket(my $socket, PF_UNIX, SOCK_STREAM, 0);
bind($socket, pack_sockaddr_un($path));
sleep 1;
listen($socket, 1);
accept(my $guest, $socket);
`;

mountTest(
  "a virtiofsd is waited for until it listens, which its socket's name does not say",
  async (scratch) => {
    const chosen = env.GUESTSHARE_VIRTIOFSD;
    env.GUESTSHARE_VIRTIOFSD = scratch.file("virtiofsd", slowVirtiofsd, 0o755);
    try {
      const socketPath = `${scratch.path}/virtiofsd.sock`;
      const daemon = await Virtiofsd.start({ directory: scratch.path }, { socket: socketPath });
      const socket = connect(socketPath);
      await once(socket, "connect").finally(() => daemon.end());
      socket.destroy();
    } finally {
      env.GUESTSHARE_VIRTIOFSD = chosen ?? "";
    }
  },
);

guestTest(
  "a host that trusts paths is led astray in a hub that the guest writes to, and it shows",
  async (test) => {
    const { scratch, storages, boot } = test;
    const outside = new Outside(scratch);
    outside.assertUntouched();
    const hub = scratch.inSandbox("mounts");
    const { guest, agent } = await boot({ exported: hub });
    await agent.add(storages);
    contested(scratch, "own");
    await guest.call("symlink", outside.path, `${inGuest}/c1`);
    mkdirSync(`${hub}/c1/made`, { recursive: true });
    assert.throws(() => outside.assertUntouched(), { name: "AssertionError" });

    const other = new Outside(scratch);
    execFileSync("mount", ["--bind", `${scratch.path}/own/rootfs`, `${hub}/c1/rootfs`]);
    assert.throws(() => other.assertUntouched(), { name: "AssertionError" });
    execFileSync("umount", [`${hub}/c1/rootfs`]);
  },
);
