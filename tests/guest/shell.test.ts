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

mountTest("the machine of npm run guest goes with it where it is killed", async ({ path }) => {
  const command = [execPath, join(packageRoot, "dist/tests/guest/shell.js")];
  const child = new Child(["setsid", "env", `TMPDIR=${path}`, ...command]); // for its directory is left
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
  const child = new Child([execPath, join(packageRoot, "dist/tests/guest/shell.js")]);
  const web = (await lineWith(child, "The container web:")).replace("The container web: ", "");
  await lineWith(child, "`exit` ends it");
  const knocking = setInterval(() => child.send("echo it is $((40 + 2))"), 300); // until somebody listens
  await lineWith(child, "it is 42").finally(() => clearInterval(knocking));
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
