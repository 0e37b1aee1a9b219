import assert from "node:assert/strict";
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getuid } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Agent, CopyFileRequest } from "../../ffi/agent/agent.ts";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { CopyError } from "../../ffi/copy/copy-error.ts";
import { copyTree } from "../../ffi/copy/copy-tree.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import type { Libc } from "../../ffi/linux/libc.ts";
import { type CopyPlace, copyTest, host, makeAbove, shareDir } from "../support/copy/place.ts";
import { noise } from "../support/copy/traps.ts";
import { rejection } from "../support/errors.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";

/** The CopyError that a copy ends with. */
async function copyError(copy: Promise<unknown>): Promise<CopyError> {
  const error = await rejection(copy);
  assert.ok(error instanceof CopyError, String(error));
  return error;
}

function fill(place: CopyPlace): void {
  for (let i = 0; i < 30; i += 1)
    writeFileSync(makeAbove(join(place.source, `d${i % 3}/f${i}`)), noise(100 * i));
}

/** An agent that keeps what is open, and does nothing else unless it is told. */
class Watched implements Agent {
  open = 0;
  asked = 0;
  answer: (request: CopyFileRequest, index: number, signal?: AbortSignal) => Promise<void> = async () => {};

  async copyFile(request: CopyFileRequest, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    this.open += 1;
    this.asked += 1;
    try {
      await this.answer(request, this.asked, signal);
    } finally {
      this.open -= 1;
    }
  }

  async close(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}
}

copyTest("a refusal at any request ends the copy, and says of what and after how much", async (place) => {
  fill(place);
  const all = (await place.copy({ sliceBytes: 1000 })).requests.length;
  for (const window of [1, 64]) {
    for (let k = 0; k < all; k += rounds(1, 8)) {
      const name = `k${window}-${k}`;
      let refused = "";
      const onRequest = ({ path, offset }: { path: string; offset: number }, index: number) => {
        if (index !== k) return undefined;
        refused = `${path} ${offset}`;
        return { code: 13, message: "ENOSPC: No space left on device (os error 28)" };
      };
      const error = await copyError(place.copy({ window, sliceBytes: 1000 }, { onRequest }, { name }));
      assert.equal(`${error.guestPath} ${error.offset}`, refused);
      const { trouble, code, reason } = error;
      assert.deepEqual(
        [trouble, code, reason],
        ["agent", "INTERNAL", "ENOSPC: No space left on device (os error 28)"],
      );
      assert.equal(error.path, error.guestPath.replace(`${shareDir}/${name}`, place.source));
      assert.ok(error.cause instanceof AgentError);
      assert.match(
        error.message,
        /^Cannot copy ".*" to "[^"]*"(?:, from byte \d+ on)?: INTERNAL \(ENOSPC.*\); \d+ entries and \d+ bytes had arrived$/,
      );
      assert.ok(error.unfinished.some(({ guestPath }) => guestPath === error.guestPath));
      // Whatever is there and not whole is said.
      const listed = readdirSync(place.guestDirectory, { recursive: true }).map(
        (path) => `${shareDir}/${path}`,
      );
      const halves = listed.filter((path) => path.includes(`/${name}/`) && path.endsWith(".tmp"));
      const said = error.unfinished.map(({ temporaryPath }) => temporaryPath);
      assert.deepEqual(
        halves.filter((path) => !said.includes(path)),
        [],
      );
    }
  }
});

copyTest(
  "nothing more is asked after a refusal, and nothing is open when the copy is over",
  async (place) => {
    fill(place);
    const agent = new Watched();
    let askedThen = 0;
    agent.answer = async (_, index) => {
      await sleep(index === 12 ? 1 : 20);
      if (index !== 12) return;
      askedThen = agent.asked;
      throw new Error("no");
    };
    const error = await copyError(copyTree(host, place.source, `${shareDir}/c1`, agent, { window: 16 }));
    assert.deepEqual([error.code, error.reason, agent.open], ["UNKNOWN", "no", 0]);
    assert.equal(agent.asked, askedThen);
  },
);

copyTest(
  "an aborted signal ends the copy: what is open is waited for, and nothing more is asked",
  async (place) => {
    fill(place);
    for (const window of [1, 16]) {
      const agent = new Watched();
      const controller = new AbortController();
      let askedThen = 0;
      agent.answer = async (_, index, signal) => {
        await sleep(10);
        if (index === 9) {
          controller.abort(new Error("enough"));
          askedThen = agent.asked;
        }
        assert.equal(signal?.aborted, false); // its answer is about to come
      };
      const options = { window, signal: controller.signal };
      const error = await copyError(copyTree(host, place.source, `${shareDir}/c1`, agent, options));
      assert.deepEqual(
        [error.trouble, error.code, (error.cause as Error).message],
        ["aborted", "CANCELLED", "enough"],
      );
      assert.deepEqual([agent.open, agent.asked], [0, askedThen]);
      assert.ok(error.result.entries >= 9);
    }
  },
);

copyTest("an agent that throws at once has refused", async (place) => {
  fill(place);
  const agent = new Watched();
  const cause = new Error("no");
  agent.copyFile = ({ path }) => {
    if (path.endsWith("/f4")) throw cause;
    return Promise.resolve();
  };
  const error = await copyError(copyTree(host, place.source, `${shareDir}/c1`, agent));
  assert.deepEqual([error.trouble, error.guestPath], ["agent", `${shareDir}/c1/d1/f4`]);
  assert.equal(error.cause, cause);
  assert.ok(error.unfinished.some(({ guestPath }) => guestPath === error.guestPath));
});

copyTest("an agent that does not answer is not waited for long after an abort", async (place) => {
  fill(place);
  const agent = new Watched();
  agent.answer = (_, index, signal) =>
    index < 5
      ? Promise.resolve()
      : new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const begin = performance.now();
  const error = await copyError(
    copyTree(host, place.source, `${shareDir}/c1`, agent, { signal: controller.signal }),
  );
  assert.ok(performance.now() - begin > 900);
  assert.deepEqual([error.trouble, agent.open], ["aborted", 0]);
  assert.ok(error.unfinished.length > 0);
});

copyTest("a signal that is aborted already lets nothing be asked", async (place) => {
  fill(place);
  const agent = new Watched();
  await copyError(copyTree(host, place.source, `${shareDir}/c1`, agent, { signal: AbortSignal.abort() }));
  assert.equal(agent.asked, 0);
});

copyTest("a guest that hangs up ends the copy", async (place) => {
  fill(place);
  await place
    .with(
      { onRequest: (_, index) => (index < 7 ? undefined : new Promise(() => {})) },
      async (agent, guest) => {
        const copy = copyError(copyTree(host, place.source, `${shareDir}/c1`, agent));
        await sleep(50);
        await guest.close();
        const error = await copy;
        assert.deepEqual([error.trouble, error.code], ["agent", "UNAVAILABLE"]);
      },
    )
    .catch((error: Error & { code?: string }) => assert.equal(error.code, "ERR_SERVER_NOT_RUNNING"));
});

copyTest("each request may take only so long", async (place) => {
  fill(place);
  const onRequest = (_: unknown, index: number) => (index < 3 ? undefined : sleep(2000, undefined));
  const error = await copyError(place.copy({ timeoutMs: 30 }, { onRequest }));
  assert.deepEqual([error.trouble, error.code], ["agent", "DEADLINE_EXCEEDED"]);
});

copyTest("a file that cannot be read ends the copy, with its name", async (place) => {
  fill(place);
  let count = 0;
  const call: Libc["call"] = (name, ...args) => {
    if (name === "read") count += 1;
    return name === "read" && count === 5 ? -5 : libc.call(name, ...args);
  };
  const broken = hostOf({ name: libc.name, call });
  const error = await place.with({}, (agent) =>
    copyError(copyTree(broken, place.source, `${shareDir}/c1`, agent)),
  );
  assert.deepEqual([error.trouble, error.code], ["host", "EIO"]);
  assert.match(error.path, /\/d\d\/f\d+$/);
  if (getuid?.() === 0) return;
  chmodSync(join(place.source, "d1/f1"), 0);
  assert.equal((await copyError(place.copy({}, {}, { name: "c2" }))).code, "EACCES");
});

copyTest("a source that is missing is an error, and nothing is asked", async (place) => {
  const error = await copyError(place.copy({}, {}, { source: join(place.path, "nothing") }));
  assert.deepEqual([error.trouble, error.code], ["host", "ENOENT"]);
  assert.equal(existsSync(place.arrived()), false);
});

copyTest("what the progress throws ends the copy", async (place) => {
  fill(place);
  const onProgress = () => {
    throw new Error("not any more");
  };
  const error = await copyError(place.copy({ onProgress }));
  assert.equal(error.reason, "not any more");
});
