import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent, CopyFileRequest } from "../../ffi/agent/agent.ts";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import type { Libc } from "../../ffi/linux/libc.ts";
import { Child } from "../support/child.ts";
import { type CopyPlace, copyTest, host, shareDir } from "../support/copy/place.ts";
import { commandOf, libc } from "../support/runtimes.ts";

// Another process exchanges two names without a pause. Whatever it does, what is outside is never sent, and nothing hangs.

const ROUNDS = 100;
const SECRET = "the secret, which is not in the tree";

interface Seen {
  readonly sent: Set<string>;
  readonly reasons: Record<string, number>;
  readonly swaps: number;
}

/** An agent that writes nothing, and a list of what it was sent. */
function listening(): { agent: Agent; sent: Set<string> } {
  const sent = new Set<string>();
  const copyFile = async ({ path, fileMode, data }: CopyFileRequest) => {
    const kind = (fileMode & 0o170000).toString(8);
    sent.add(`${path.slice(shareDir.length)} ${kind} ${Buffer.from(data).toString("latin1", 0, 40)}`);
  };
  const close = async () => {};
  return { agent: { copyFile, close, [Symbol.asyncDispose]: close }, sent };
}

/**
 * Copies again and again, and exchanges the names at each call of the copier's to the kernel: in one copy at the first, in
 * the next at the second, and so on; then at all calls from one on.
 */
async function sweep(place: CopyPlace, names: readonly [string, string]): Promise<Seen> {
  const [a, b] = names.map((name) => join(place.source, name)) as [string, string];
  const { agent, sent } = listening();
  const reasons: Record<string, number> = {};
  let swaps = 0;
  for (const always of [false, true]) {
    for (let at = 1, calls = at; at <= calls; at += 1) {
      calls = 0;
      const call: Libc["call"] = (...args) => {
        calls += 1;
        if (calls === at || (always && calls > at)) {
          renameSync(a, `${place.path}/aside`);
          renameSync(b, a);
          renameSync(`${place.path}/aside`, b);
          swaps += 1;
        }
        return libc.call(...args);
      };
      const swapping = hostOf({ name: libc.name, call });
      const { skipped, warnings } = await copyTree(swapping, place.source, `${shareDir}/c1`, agent, {
        window: 2,
      });
      for (const { reason } of [...skipped, ...warnings]) reasons[reason] = (reasons[reason] ?? 0) + 1;
      if (always) at += 6;
    }
  }
  return { sent, reasons, swaps };
}

async function race(place: CopyPlace, names: readonly [string, string]): Promise<Seen> {
  const { agent, sent } = listening();
  const reasons: Record<string, number> = {};
  const swapper = new Child([...commandOf("swap"), ...names.map((name) => join(place.source, name))]);
  assert.equal(await swapper.line(), `"ready"`);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { skipped, warnings } = await copyTree(host, place.source, `${shareDir}/c1`, agent, { window: 8 });
    for (const { reason } of [...skipped, ...warnings]) reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  const { stdout } = await swapper.end();
  return { sent, reasons, swaps: Number(stdout.trim().split("\n").at(-1)) };
}

function assertNoSecret({ sent, swaps }: Seen): void {
  assert.ok(swaps > 0);
  for (const line of sent) assert.ok(!line.includes("secret,"), line);
}

for (const [how, run] of [
  ["at each call", sweep],
  ["by another process", race],
] as const) {
  copyTest(
    `a file that is a link to a secret every other moment never gives the secret: ${how}`,
    async (place) => {
      writeFileSync(join(place.path, "secret"), SECRET);
      writeFileSync(join(place.source, "a"), "innocent");
      symlinkSync("../secret", join(place.source, "b"));
      for (let i = 0; i < 20; i += 1) writeFileSync(join(place.source, `f${i}`), `${i}`);
      const seen = await run(place, ["a", "b"]);
      assertNoSecret(seen);
      assert.ok([...seen.sent].some((line) => line.endsWith(" 100000 innocent")));
    },
  );

  copyTest(`a file that is a pipe every other moment is never waited for: ${how}`, async (place) => {
    writeFileSync(join(place.source, "a"), "innocent");
    execFileSync("mkfifo", [join(place.source, "b")]);
    const seen = await run(place, ["a", "b"]);
    assertNoSecret(seen);
    assert.ok(!seen.sent.has("/c1/b 10000 "));
  });

  copyTest(
    `a directory that is a link out of the tree every other moment is never followed: ${how}`,
    async (place) => {
      mkdirSync(join(place.path, "outside"));
      writeFileSync(join(place.path, "outside/inner"), SECRET);
      mkdirSync(join(place.source, "a"));
      writeFileSync(join(place.source, "a/inner"), "innocent");
      symlinkSync(join(place.path, "outside"), join(place.source, "b"));
      assertNoSecret(await run(place, ["a", "b"]));
    },
  );
}
