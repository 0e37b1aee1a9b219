// `npm run guest`: the checkout in a machine.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { Child, type Ended } from "../support/child.ts";
import { packageRoot } from "../support/package-root.ts";
import { mountTest } from "../support/scratch.ts";
import { machinesLeft } from "./support/guest-test.ts";

/** The line of package.json behind the build, and more words, as npm puts them there; where it begins is the checkout. */
function guestLine(...more: readonly string[]): string {
  const { scripts } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  const [, line = ""] = /^npm run --silent build && node (.*)$/.exec(scripts.guest) ?? [];
  return [`cd '${packageRoot}' && '${execPath}' ${line}`, ...more.map((word) => `'${word}'`)].join(" ");
}

/** How it ends that has this input and no more. */
async function fed(input: string, ...more: readonly string[]): Promise<Ended> {
  const child = new Child(["sh", "-c", `printf %s "$0" | { ${guestLine(...more)}; }`, input]);
  return child.ended;
}

mountTest(
  "npm run guest has a shell's input run in a machine with this directory, and its exit code",
  async () => {
    const { code, stdout, stderr } = await fed("pwd; ls package.json\nuname -n\nexit 7");
    assert.deepEqual([code, stdout], [7, "/work\npackage.json\nguest\n"], stderr);
    const named = await fed("", "--", "grep", "-c", "virtiofs", "/proc/filesystems");
    assert.deepEqual([named.code, named.stdout], [0, "1\n"], named.stderr);
    assert.deepEqual(machinesLeft(), []);
  },
);

mountTest("npm run guest ends with Ctrl-D on a terminal, which is as it was", async () => {
  const child = new Child(["script", "-qec", `${guestLine()}; stty -a`, "/dev/null"]);
  while (!(await child.line()).includes("From another terminal"));
  child.send("echo it is $((40 + 2))"); // which waits until the machine is up
  while (!(await child.line()).includes("it is 42"));
  // A terminal loses it while the shell is about to read its next line: as a person does, it is typed again.
  const typing = setInterval(() => child.send("\x04"), 500);
  const { code, stdout } = await child.ended.finally(() => clearInterval(typing));
  assert.match(stdout, /isig icanon/);
  assert.equal(code, 0);
  assert.deepEqual(machinesLeft(), []);
});
