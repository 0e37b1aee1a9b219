import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process, { execPath } from "node:process";
import { Child, type Ended } from "../support/child.ts";
import { packageRoot } from "../support/package-root.ts";
import { mountTest } from "../support/scratch.ts";
import { eventually } from "./support/eventually.ts";
import { machinesLeft } from "./support/guest-test.ts";

/** Reads lines up to one that holds this. */
async function lineWith(child: Child, piece: string): Promise<string> {
  for (;;) {
    const line = await child.line();
    if (line.includes(piece)) return line;
  }
}

const shell = [execPath, join(packageRoot, "dist/tests/guest/shell.js")] as const;

/** How it ends that has this input and no more, which it does in a minute. */
function fed(input: string): Promise<Ended> {
  const command = `printf %s "$1" | { shift; exec timeout 60 "$@"; }`;
  return new Child(["sh", "-c", command, "sh", input, ...shell]).end();
}

mountTest("what is typed before the prompt of npm run guest reaches its shell whole", async () => {
  const { code, stdout } = await fed("echo it is $((40 + 2))\nexit\n");
  assert.match(stdout, /^it is 42\r$/m);
  assert.equal(code, 0);
});

mountTest("npm run guest ends with its input, after what that says", async () => {
  assert.equal((await fed("")).code, 0);
  // Another shell, one that sleeps, and a line that has no end.
  const { code, stdout } = await fed(
    "chroot /run/kata-containers/web/rootfs\nsleep 1\necho it is $((40 + 2))",
  );
  assert.match(stdout, /^it is 42\r$/m);
  assert.equal(code, 0);
  assert.deepEqual(machinesLeft(), []);
});

mountTest("npm run guest ends with Ctrl-D on a terminal, which is as it was", async () => {
  const child = new Child(["script", "--quiet", "--command", `${shell.join(" ")} && stty -a`, "/dev/null"]);
  await lineWith(child, "`exit` ends it");
  child.send("echo it is $((40 + 2))");
  await lineWith(child, "it is 42");
  child.send("\x04");
  await lineWith(child, "isig icanon");
  assert.equal((await child.end()).code, 0);
  assert.deepEqual(machinesLeft(), []);
});

mountTest("the machine of npm run guest goes with it where it is killed", async ({ path }) => {
  const child = new Child(["setsid", "env", `TMPDIR=${path}`, ...shell]); // for its directory is left
  await lineWith(child, "`exit` ends it");
  assert.notDeepEqual(machinesLeft(), []);
  process.kill(child.pid, "SIGKILL");
  await eventually(async () => assert.deepEqual(machinesLeft(), [])).catch((error) => {
    process.kill(-child.pid, "SIGKILL"); // all that it left
    throw error;
  });
  await child.kill();
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  mountTest(
    `npm run guest leaves nothing where ${signal} ends it, when it boots or later`,
    async (scratch) => {
      const tmpdir = scratch.directory("tmp");
      const boots = () =>
        eventually(async () => assert.ok(machinesLeft().some((name) => /^qemu/.test(name))));
      for (const far of [boots, (child: Child) => lineWith(child, "`exit` ends it")]) {
        const child = new Child(["env", `TMPDIR=${tmpdir}`, ...shell]);
        await far(child);
        process.kill(child.pid, signal);
        assert.equal((await child.ended).signal, signal);
        assert.deepEqual(machinesLeft(), []);
        assert.deepEqual(readdirSync(tmpdir), []);
      }
    },
  );
}

mountTest("npm run guest gives a shell that sees the example pod, and leaves nothing", async () => {
  const child = new Child(shell);
  const web = (await lineWith(child, "The container web:")).replace("The container web: ", "");
  await lineWith(child, "`exit` ends it");
  child.send(`${web} /bin/hello`);
  await lineWith(child, "A pod of two words.");
  await lineWith(child, "greeting = hello");
  child.send(`${web} sh -c 'echo x > /config/app.conf; cat /data/journal.txt'`);
  await lineWith(child, "Read-only file system");
  await lineWith(child, "What the container wrote before.");
  child.send("exit");
  const { code } = await child.end();
  assert.equal(code, 0);
  assert.deepEqual(machinesLeft(), []);
});
