// A machine with busybox alone: what runs in it, and what it sees of the host.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { MachineError } from "../../vm/mod.ts";
import { eventually } from "./support/eventually.ts";
import { endOf, machineTest, textOf } from "./support/vm-machine.ts";

const encoder = new TextEncoder();

machineTest(
  "programs run in a machine: codes, streams, input, signals, terminals",
  async ({ machine, sh }) => {
    assert.deepEqual(await sh("echo out; echo err >&2; exit 3"), {
      code: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
    const words = ["it's", "a b", "", '"$HOME"', "-n", "*", "new\nline", "\\", "é中", "=", "a=b"];
    const { stdout } = await endOf(machine, ["printf", "<%s>", ...words]);
    assert.equal(stdout, words.map((word) => `<${word}>`).join(""));
    const variables = await sh('printf %s "$A$B"; pwd; id -u; id -g', {
      ...{ env: { A: "it's $HOME", B: "\n" }, cwd: "/tmp", user: { uid: 1000, gid: 1001 } },
    });
    assert.equal(variables.stdout, "it's $HOME\n/tmp\n1000\n1001\n");
    assert.equal((await endOf(machine, ["nothing-of-this-name"])).code, 127);
    assert.match((await sh("true", { cwd: "/nowhere" })).stderr, /no directory "\/nowhere"/);
    const asleep = await machine.run(["sleep", "1000"]);
    await asleep.signal("SIGINT");
    assert.equal(await asleep.exited, 130);
    await asleep.signal("SIGTERM"); // nobody gets it
    const trapping = await machine.run([
      "sh",
      "-c",
      "trap 'echo trapped; exit 9' TERM; echo ready; while :; do sleep 1; done",
    ]);
    const reader = trapping.stdout.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "ready\n");
    await trapping.signal("SIGTERM");
    assert.equal(new TextDecoder().decode((await reader.read()).value), "trapped\n");
    assert.equal(await trapping.exited, 9);
  },
);

machineTest(
  "input of a program arrives whole and ends, and nobody waits for what is not read",
  async ({ machine, sh }) => {
    const sent = new Uint8Array(1_000_000).map((_, at) => (at * 31) ^ (at >> 8));
    const child = await machine.run(["sh", "-c", "tee /tmp/copy; echo over >&2"]);
    const received = new Response(child.stdout).arrayBuffer();
    const writer = child.stdin.getWriter();
    await writer.write(sent);
    await writer.close();
    assert.ok(Buffer.from(await received).equals(sent), "what came back is what was sent");
    assert.deepEqual([await textOf(child.stderr), await child.exited], ["over\n", 0]);
    // One that reads no input, and has ended while much of it is on its way: the guest itself has room for four megabytes.
    const deaf = await machine.run(["true"]);
    const written = deaf.stdin.getWriter().write(new Uint8Array(16_000_000));
    await assert.rejects(written, MachineError);
    assert.equal(await deaf.exited, 0);
    // The ports are clean for whoever comes next.
    for (let round = 0; round < 8; round++)
      assert.deepEqual(await sh(`echo ${round}`), { code: 0, stdout: `${round}\n`, stderr: "" });
    // What nobody reads makes the program wait, and not this process.
    const loud = await machine.run(["sh", "-c", "yes | head -c 3000000"]);
    const first = await loud.stdout.getReader().read();
    assert.ok((first.value?.length ?? 0) > 0);
    await loud.signal("SIGKILL");
    // What a program leaves behind has its output no longer.
    const left = await sh("sleep 1000 & echo begun");
    assert.deepEqual([left.code, left.stdout], [0, "begun\n"]);
  },
);

machineTest(
  "a program on a terminal is a session of its own, and is told of its size",
  async ({ machine, sh }) => {
    const line =
      "trap 'stty size' WINCH; tty; stty size; read word; echo got $word; while :; do sleep 1; done";
    const child = await machine.run(["sh", "-c", line], { terminal: { rows: 31, columns: 99 } });
    let seen = "";
    const reading = child.stdout.pipeTo(
      new WritableStream({
        write: (bytes) => {
          seen += new TextDecoder().decode(bytes);
        },
      }),
    );
    const until = (text: string) => eventually(async () => assert.ok(seen.includes(text), seen));
    const writer = child.stdin.getWriter();
    await until("/dev/hvc0\r\n31 99\r\n");
    await writer.write(encoder.encode("word\r"));
    await until("got word\r\n");
    await child.resize({ rows: 10, columns: 20 });
    await until("10 20\r\n");
    await writer.write(encoder.encode("\x03"));
    assert.equal(await child.exited, 130);
    await reading;
    await assert.rejects(child.resize({ rows: 0, columns: 1 }), MachineError);
    // The same terminal once more, which has nothing of the last one; and one that is hung up.
    const again = await endOf(machine, ["echo", "again"], { terminal: { rows: 2, columns: 2 } });
    assert.deepEqual(again, { code: 0, stdout: "again\r\n", stderr: "" });
    const hung = await machine.run(["sleep", "1000"], { terminal: { rows: 2, columns: 2 } });
    await hung.stdin.close();
    assert.equal(await hung.exited, 129);
    await assert.rejects((await machine.run(["true"])).resize({ rows: 1, columns: 1 }), /has none/);
    assert.equal((await sh("true")).code, 0);
    const panic = await machine.run(["sh", "-c", "echo c >/proc/sysrq-trigger"]);
    await assert.rejects(panic.exited, /the machine is gone, its kernel panicked: sysrq triggered crash/);
  },
  { terminals: 1 },
);

machineTest(
  "as many programs run as there are places, and one more is refused",
  async ({ machine }) => {
    const running = [await machine.run(["sleep", "1000"]), await machine.run(["sleep", "1000"])];
    await assert.rejects(machine.run(["true"]), /2 programs with pipes run already; the option "processes"/);
    await assert.rejects(
      machine.run(["true"], { terminal: { rows: 1, columns: 1 } }),
      /0 programs on terminals/,
    );
    for (const each of running) await each.signal("SIGKILL");
    assert.deepEqual(await Promise.all(running.map(({ exited }) => exited)), [137, 137]);
    await eventually(async () => assert.equal((await endOf(machine, ["true"])).code, 0));
    for (const command of [[], [""], ["a\0b"]]) await assert.rejects(machine.run(command), MachineError);
    await assert.rejects(machine.run(["true"], { cwd: "tmp" }), /its directory is not absolute/);
    // Whoever waits when the machine is gone is told, with the last lines of its console.
    const waiting = await machine.run([
      "sh",
      "-c",
      "echo the last words >/dev/console; sleep 1; poweroff -f",
    ]);
    await assert.rejects(waiting.exited, /the machine is gone, QEMU's exit code is 0[\s\S]*the last words/);
    await assert.rejects(machine.run(["true"]), /the machine is gone/);
    await assert.rejects(machine.refresh(), /the machine is gone/);
    assert.match((await machine.ended).console, /the last words/);
  },
  { processes: 2, terminals: 0 },
);

machineTest(
  "shares come and go in a machine that runs, and no guest writes to what is read-only",
  async (test) => {
    const { scratch, shares, sh } = test;
    const early = scratch.file("early", "as it was");
    const own = await shares.add({ source: early, target: "/etc/early", mode: "ro" });
    const data = scratch.directory("data");
    await shares.add({ source: data, target: "/data", mode: "rw" });
    await eventually(async () =>
      assert.equal((await sh("cat /etc/early && ls -d /data")).stdout, "as it was/data\n"),
    );
    await sh("echo from the guest >/data/file");
    assert.equal(readFileSync(`${data}/file`, "utf8"), "from the guest\n");
    const attacks = [
      "echo x >/etc/early",
      "mount -o remount,rw,bind /etc/early; echo x >/etc/early",
      "mkdir /bound; mount --bind /etc /bound; mount --rbind /run/guestshare /bound; echo x >/bound/*early",
      "mkdir /anew; mount -t virtiofs guestshare /anew; echo x >/anew/*early",
      "mount -o remount,rw /anew; echo x >/anew/*early",
    ];
    for (const attack of attacks) assert.match((await sh(attack)).stderr, /Read-only file system/, attack);
    // Also where it may write it makes no device, which the host's users could open.
    assert.match((await sh("mknod -m 666 /data/disk b 254 0")).stderr, /Operation not permitted/);
    assert.deepEqual(readdirSync(data), ["file"]);
    assert.equal(readFileSync(early, "utf8"), "as it was");
    writeFileSync(early, "as it is now");
    await eventually(async () => assert.equal((await sh("cat /etc/early")).stdout, "as it is now"));
    // A program has it open: it goes when that one has ended.
    const holding = await test.machine.run(["sh", "-c", "exec 5</etc/early; echo open; sleep 1000"]);
    await holding.stdout.getReader().read();
    await own.remove();
    await sh("true");
    await holding.signal("SIGKILL");
    await eventually(async () => assert.equal((await sh("grep -c early /proc/mounts")).stdout, "0\n"));
  },
);
