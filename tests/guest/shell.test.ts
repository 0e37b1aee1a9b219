import assert from "node:assert/strict";
import { join } from "node:path";
import process, { execPath } from "node:process";
import { Child } from "../support/child.ts";
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

mountTest("what is typed before the prompt of npm run guest reaches its shell whole", async () => {
  const child = new Child(shell);
  child.send("echo it is $((40 + 2))");
  child.send("exit");
  const { code, stdout } = await child.end();
  assert.match(stdout, /^it is 42\r$/m);
  assert.equal(code, 0);
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
