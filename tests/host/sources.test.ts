import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { createServer } from "node:net";
import { mountsBelow, mountTmpfs } from "../support/mounts.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

const container = { id: "c1" };

async function shared(scratch: Scratch, source: string, options: string[] = []): Promise<string> {
  const share = scratch.share();
  await share.prepare();
  await share.shareFile(container, { source, destination: "/x", options }, { random });
  return scratch.view(`c1-${random}-x`);
}

mountTest("a link as source is followed once, when it is shared", async (scratch) => {
  const first = scratch.file("first", "1");
  const second = scratch.file("second", "2");
  const link = `${scratch.path}/link`;
  symlinkSync(first, link);
  const seen = await shared(scratch, link);
  unlinkSync(link);
  symlinkSync(second, link);
  assert.equal(readFileSync(seen, "utf8"), "1");
});

mountTest("/proc/self/root and /proc/self/fd/N are what they lead to", async (scratch) => {
  const file = scratch.file("data/file", "content");
  const seen = await shared(scratch, `/proc/self/root${file}`);
  assert.equal(readFileSync(seen, "utf8"), "content");
  const fd = openSync(`${scratch.path}/data`, "r");
  const mount = { source: `/proc/self/fd/${fd}`, destination: "/y" };
  await scratch.share().shareFile(container, mount, { random });
  closeSync(fd);
  assert.deepEqual(readdirSync(scratch.view(`c1-${random}-y`)), ["file"]);
});

mountTest("a socket is shared as a socket", async (scratch) => {
  const path = `${scratch.path}/socket`;
  const server = createServer().listen(path);
  await new Promise((resolve) => server.once("listening", resolve));
  const seen = await shared(scratch, path);
  assert.ok(statSync(seen).isSocket());
  assert.equal(statSync(seen).ino, statSync(path).ino);
  server.close();
});

mountTest("a fifo is shared as a fifo, without waiting for its other end", async (scratch) => {
  execFileSync("mkfifo", [`${scratch.path}/fifo`]);
  assert.ok(statSync(await shared(scratch, `${scratch.path}/fifo`)).isFIFO());
});

mountTest("a file with two names, shared by both, is two shares", async (scratch) => {
  const one = scratch.file("one", "content");
  linkSync(one, `${scratch.path}/two`);
  const share = scratch.share();
  await share.prepare();
  await share.shareFile(container, { source: one, destination: "/1" }, { random });
  await share.shareFile(container, { source: `${scratch.path}/two`, destination: "/2" }, { random });
  assert.equal(readFileSync(scratch.view(`c1-${random}-1`), "utf8"), "content");
  assert.equal(readFileSync(scratch.view(`c1-${random}-2`), "utf8"), "content");
});

const oddNames: readonly [what: string, name: string][] = [
  ["a newline", "a\nb"],
  ["spaces and tabs", " a\tb "],
  ["backslashes", "a\\b\\040c"],
  ["a hash", "#a"],
  ["a quote", `"a'`],
  ["an emoji", "🦊"],
  ["combining marks", "e\u0301"],
  ["the word deleted", "a (deleted)"],
  ["255 bytes", "n".repeat(255)],
  ["255 bytes of three each", "語".repeat(85)],
  ["a leading dash", "-rf"],
  ["three dots", "..."],
];
for (const [what, name] of oddNames) {
  mountTest(`a source with ${what} in its name is shared byte for byte`, async (scratch) => {
    scratch.file(`source/${name}/${name}`, what);
    const share = scratch.share({ sandboxBindMounts: [`${scratch.path}/source/${name}`] });
    await share.prepare();
    const source = `${scratch.path}/source/${name}/${name}`;
    const file = await share.shareFile(container, { source, destination: `/x/${name}` }, { random });
    assert.ok(file?.hostPath);
    const seen = file.guestPath.replace("/guest", scratch.inSandbox("shared"));
    assert.equal(readFileSync(seen, "utf8"), what);
    assert.equal(readFileSync(scratch.view(`sandbox-mounts/${name}/${name}`), "utf8"), what);
    await share.unshareFile(container, { destination: `/x/${name}`, hostPath: file.hostPath });
    assert.deepEqual(readdirSync(scratch.inSandbox("mounts")), ["sandbox-mounts"]);
    await share.cleanup({ revoke: true });
    assert.deepEqual(mountsBelow(scratch.hostDir), []);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
  });
}

mountTest("a sandbox's directory below odd names works too", async (scratch) => {
  const hostDir = scratch.directory('a\nb/ "c"\\040/🦊 (deleted)');
  mountTmpfs(hostDir);
  const share = scratch.share({ hostDir, sandboxBindMounts: [scratch.file("hosts")] });
  await share.prepare();
  await share.prepare();
  await share.shareFile(container, { source: scratch.file("f"), destination: "/f" });
  await share.cleanup({ revoke: true });
  assert.deepEqual(readdirSync(hostDir), []);
});
