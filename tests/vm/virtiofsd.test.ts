import assert from "node:assert/strict";
import { type ChildProcess, execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { getuid, kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Virtiofsd } from "../../vm/mod.ts";
import { eventually } from "../guest/support/eventually.ts";
import { Child } from "../support/child.ts";
import { mountTmpfs } from "../support/mounts.ts";
import { commandOf } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { connected, listening, noMachine, processesWith, unplug, virtiofsds } from "./support/virtiofsds.ts";

/** Nothing of a virtiofsd is left: no process, no socket, no lock. */
async function assertGone(socket: string): Promise<void> {
  await eventually(async () => assert.deepEqual(processesWith(`--socket-path=${socket}`), []));
  await eventually(async () => assert.equal(existsSync(dirname(socket)), false));
  const locks = existsSync("/run/virtiofsd") ? readdirSync("/run/virtiofsd") : [];
  assert.deepEqual(
    locks.filter((name) => name.includes(socket.replaceAll("/", "."))),
    [],
  );
}

for (const program of virtiofsds) {
  mountTest(
    `${program} serves a machine and ends with it, and leaves nothing`,
    async (scratch) => {
      const { told, log } = listening();
      const daemon = await Virtiofsd.start({ directory: scratch.directory("shared") }, { program, log });
      const { socket } = daemon;
      assert.equal(statSync(dirname(socket)).mode & 0o777, 0o700, "others can connect");
      await unplug(await connected(socket));
      assert.deepEqual(await daemon.exited, { code: 0, signal: undefined });
      await daemon.end(); // once more is nothing
      assert.ok(told.some(({ line }) => /onnect/.test(line ?? "")));
      assert.deepEqual([told.at(-1)?.isExpected, told.at(-1)?.code], [false, 0]);
      await assertGone(socket);
    },
    { skip: noMachine },
  );

  mountTest(
    `${program} is ended while a machine uses it, and by the end of its scope`,
    async (scratch) => {
      const directory = scratch.directory("a b,c\\d");
      let socket = "";
      let machine: ChildProcess | undefined;
      {
        await using daemon = await Virtiofsd.start({ directory }, { program });
        socket = daemon.socket;
        machine = await connected(socket);
      }
      await assertGone(socket);
      await unplug(machine);
    },
    { skip: noMachine },
  );

  mountTest(
    `the death of ${program} is an event, and not a silence`,
    async (scratch) => {
      const { told, log } = listening();
      const daemon = await Virtiofsd.start({ directory: scratch.directory("shared") }, { program, log });
      const machine = await connected(daemon.socket);
      for (const pid of processesWith(`--socket-path=${daemon.socket}`))
        if (readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("virtiofsd")) kill(Number(pid), "SIGKILL");
      const { signal, code } = await daemon.exited;
      // The one in Rust waits for its own child, and says so by its code.
      assert.ok(signal === "SIGKILL" || (code ?? 0) > 0, `${signal} ${code}`);
      assert.equal(told.at(-1)?.isExpected, false);
      await assertGone(daemon.socket);
      await unplug(machine);
    },
    { skip: noMachine },
  );

  mountTest(
    `${program} ends with its owner that is killed, at any moment, and leaves nothing`,
    async (scratch) => {
      const directory = scratch.directory("shared");
      const runtime = scratch.directory("runtime");
      const serving = ["env", `XDG_RUNTIME_DIR=${runtime}`, ...commandOf("serving")] as const;
      for (let round = 0; round < 10; round += 1) {
        const owner = new Child([...serving, directory, program]);
        // The first ones with a machine; the others while they begin.
        const machine = round < 2 ? await connected(await owner.line()) : undefined;
        if (machine === undefined) await sleep(round * 20 + Math.random() * 100);
        await owner.kill();
        await eventually(async () => assert.deepEqual(processesWith(`--socket-path=${runtime}`), []));
        await eventually(async () => assert.deepEqual(readdirSync(runtime), []));
        if (machine) await unplug(machine);
      }
    },
    { skip: noMachine },
  );

  mountTest(
    `${program} serves an ordinary user, in a user namespace`,
    async (scratch) => {
      const directory = scratch.directory("shared");
      const user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] as const;
      const own = ["env", "XDG_RUNTIME_DIR=", `TMPDIR=${roomFor(scratch)}`, "unshare", "-rm", "--"];
      const shared = 'mount --bind "$0" "$0" && mount --make-shared "$0" && exec "$@"';
      const serving = [...commandOf("serving"), directory, program];
      const owner = new Child([...user, ...own, "sh", "-c", shared, directory, ...serving]);
      const socket = await owner.line();
      assert.ok(socket.startsWith(scratch.path), socket);
      const machine = await connected(socket);
      // QEMU's own is in a mount namespace more: what is mounted now reaches it, too.
      const after = scratch.directory("shared/after");
      execFileSync("nsenter", ["-t", String(owner.pid), "-U", "-m", "mount", "-t", "tmpfs", "x", after]);
      await eventually(async () => assert.ok(hasMount(socket, "/after")));
      owner.send("end");
      assert.deepEqual(JSON.parse(await owner.line()), { signal: "SIGKILL" });
      await owner.end();
      await assertGone(socket);
      await unplug(machine);
    },
    { skip: noMachine || (getuid?.() !== 0 && "only root becomes another user") },
  );

  mountTest(
    `what is mounted while a machine runs reaches ${program}, whatever its directory is called`,
    async (scratch) => {
      const directory = scratch.directory("a b,c\\d");
      execFileSync("mount", ["--bind", directory, directory]);
      execFileSync("mount", ["--make-shared", directory]);
      mountTmpfs(scratch.directory("a b,c\\d/before"));
      const daemon = await Virtiofsd.start({ directory }, { program });
      const machine = await connected(daemon.socket);
      mountTmpfs(scratch.directory("a b,c\\d/after"));
      await eventually(async () => assert.ok(hasMount(daemon.socket, "/before")));
      await eventually(async () => assert.ok(hasMount(daemon.socket, "/after")));
      await unplug(machine);
      await daemon.exited;
      execFileSync("umount", ["-R", directory]);
    },
    { skip: noMachine },
  );

  mountTest(
    `${program} takes each option that it has`,
    async (scratch) => {
      const isQemu = program.includes("/qemu/");
      const only = { seccomp: "trap", inodeFileHandles: "prefer", allowMmap: true, readOnly: true } as const;
      const daemon = await Virtiofsd.start(
        { directory: scratch.directory("shared") },
        {
          ...{ program, cache: "never", xattr: true, posixAcl: true, securityLabel: true },
          ...{ modcaps: ["+sys_admin", "-chown"], readdirplus: false, writeback: true, allowDirectIo: true },
          ...{ killprivV2: false, threadPoolSize: 1, rlimitNofile: 0, logLevel: "debug" },
          ...(isQemu ? { announceSubmounts: true } : only),
        },
      );
      const machine = await connected(daemon.socket);
      await daemon.end();
      await unplug(machine);
    },
    { skip: noMachine },
  );
}

/** Whether a virtiofsd has a mount at a path of its own, which begins at what it serves. */
function hasMount(socket: string, path: string): boolean {
  return processesWith(`--socket-path=${socket}`).some((pid) =>
    readFileSync(`/proc/${pid}/mountinfo`, "utf8").includes(` / ${path} `),
  );
}

function roomFor(scratch: Scratch): string {
  const room = scratch.directory("tmp");
  execFileSync("chmod", ["1777", room]);
  return room;
}
