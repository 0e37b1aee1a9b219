import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, linkSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent, CopyFileRequest } from "../../ffi/agent/agent.ts";
import { CopyError } from "../../ffi/copy/copy-error.ts";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import { copyTest, shareDir } from "../support/copy/place.ts";
import { faulty, interrupted } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";

for (const at of [1, 2, 3]) {
  copyTest(
    `a file that gives way to a pipe before open ${at} is sent, or the pipe skipped`,
    async (place) => {
      const [source, pipe] = [join(place.path, "file"), join(place.path, "pipe")];
      writeFileSync(source, "x");
      execFileSync("mkfifo", [pipe]);
      // Who opened the pipe to read it would wait for a writer, and this test with him.
      const writer = openSync(pipe, constants.O_RDWR);
      const exchanging = interrupted(libc, { before: "openat", at }, () => {
        rmSync(source);
        linkSync(pipe, source);
      });
      const sent: string[] = [];
      const copyFile = async ({ data }: CopyFileRequest) => void sent.push(Buffer.from(data).toString());
      const { skipped } = await copyTree(hostOf(exchanging), source, `${shareDir}/c1`, { copyFile } as Agent);
      closeSync(writer);
      const expected = sent.length === 0 ? [{ path: source, reason: "pipe" }] : [];
      assert.deepEqual([sent.join(), skipped], [sent.length === 0 ? "" : "x", expected]);
    },
  );
}

copyTest("a file that goes stale at any call is copied, skipped by name, or an error", async (place) => {
  const source = join(place.path, "file");
  writeFileSync(source, "x");
  const agent = { copyFile: async () => {} } as unknown as Agent;
  for (let at = 1; ; at += 1) {
    const failing = faulty(libc, { at, errno: 116 }); // ESTALE
    const copied = copyTree(hostOf(failing), source, `${shareDir}/c1`, agent);
    const result = await copied.catch((error) => {
      assert.ok(error instanceof CopyError, String(error));
    });
    if (result) assert.equal(result.entries + result.skipped.length, 1, `after ${failing.failed()} ${at}`);
    if (failing.failed() === undefined) break;
  }
});
