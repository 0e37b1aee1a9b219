import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { Child } from "../support/child.ts";
import { mountsBelow } from "../support/mounts.ts";
import type { Order, Outcome } from "../support/programs/obey.ts";
import { commandOf } from "../support/runtimes.ts";
import { kernelBelow } from "../support/sandbox/kernel-below.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

const container = { id: "c1" };
const name = `c1-${random}-x`;

/** A process that is root in a user namespace of its own: the mounts that were there are locked for it. */
class Stranger {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async start(): Promise<Stranger> {
    const child = new Child(["unshare", "--user", "--map-root-user", "--mount", ...commandOf("obey")]);
    assert.equal(await child.line(), `"ready"`);
    return new Stranger(child);
  }

  /** What its namespace has at a path. */
  path(path: string): string {
    return `/proc/${this.#child.pid}/root${path}`;
  }

  /** Has it call something of FilesystemShare's. */
  async call(scratch: Scratch, ...call: Order["calls"][number]): Promise<Outcome> {
    this.#child.send(JSON.stringify({ sandbox: scratch.sandbox(), calls: [call] }));
    const [outcome] = JSON.parse(await this.#child.line()) as Outcome[];
    return outcome as Outcome;
  }

  end(): Promise<unknown> {
    return this.#child.end();
  }
}

mountTest(
  "what is the kernel's and locked in a user namespace is covered by something empty",
  async (scratch) => {
    const { source, assertFreed } = kernelBelow(scratch);
    const own = mountsBelow(source);
    const stranger = await Stranger.start();
    const ok = { end: "ok" };
    assert.deepEqual(await stranger.call(scratch, "prepare"), ok);
    for (const options of [["rbind"], ["rbind", "ro"], ["rbind", "rnosuid"]]) {
      const one = { source, destination: "/x", options };
      for (let i = 0; i < 2; i++) {
        assert.deepEqual(await stranger.call(scratch, "shareFile", container, one, { random }), ok);
        for (const share of [scratch.hub(name), scratch.view(name)]) {
          const path = stranger.path(share);
          assertFreed(path);
          for (const file of ["version", "netns"]) {
            assert.ok(statSync(`${path}/${file}`).isFile());
            assert.equal(readFileSync(`${path}/${file}`, "utf8"), "");
            assert.throws(() => writeFileSync(`${path}/${file}`, "x"), { code: "EROFS" });
          }
          for (const directory of ["proc", "data/sys"])
            assert.throws(() => writeFileSync(`${path}/${directory}/new`, "x"), { code: "EROFS" });
        }
        assert.deepEqual(readdirSync(stranger.path(scratch.inSandbox())), ["mounts", "namespace", "shared"]);
      }
      const shared = { ...one, hostPath: scratch.hub(name) };
      assert.deepEqual(await stranger.call(scratch, "unshareFile", container, shared), ok);
      assert.deepEqual(readdirSync(stranger.path(scratch.hub(""))), []);
    }
    assert.deepEqual(await stranger.call(scratch, "cleanup"), ok);
    assert.deepEqual(readdirSync(scratch.hostDir), []);
    assert.deepEqual(mountsBelow(source), own);
    await stranger.end();
  },
);
