import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Child } from "../support/child.ts";
import { mountsBelow } from "../support/mounts.ts";
import { fill, fullSandbox } from "../support/sandbox/full.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

const container = { id: "c1" };

/** A process in a namespace of its own that has the view as another place. */
class Consumer {
  readonly #child: Child;
  readonly #place: string;

  private constructor(child: Child, place: string) {
    this.#child = child;
    this.#place = place;
  }

  static async start(scratch: Scratch, propagation: "private" | "slave"): Promise<Consumer> {
    const place = scratch.directory(`consumer-${propagation}`);
    const script = `mount --rbind "$1" "$2" && mount --make-r${propagation} "$2" && echo ready && cat`;
    const view = scratch.inSandbox("shared");
    const child = new Child([
      "unshare",
      "-m",
      "--propagation",
      "slave",
      "sh",
      "-c",
      script,
      "sh",
      view,
      place,
    ]);
    await child.line();
    return new Consumer(child, place);
  }

  read(name: string): string {
    return readFileSync(`/proc/${this.#child.pid}/root${this.#place}/${name}`, "utf8");
  }

  end(): Promise<unknown> {
    return this.#child.end();
  }
}

mountTest("a consumer in a slave namespace sees shares come and go", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const consumer = await Consumer.start(scratch, "slave");
  const mount = { source: scratch.file("f", "content"), destination: "/f", readOnly: true };
  const shared = await share.shareFile(container, mount, { random });
  assert.equal(consumer.read(`c1-${random}-f`), "content");
  await share.unshareFile(container, { ...mount, hostPath: shared?.hostPath as string });
  assert.throws(() => consumer.read(`c1-${random}-f`), { code: "ENOENT" });
  await share.cleanup();
  await consumer.end();
});

mountTest("a consumer with a private copy keeps shares, unless cleanup revokes them", async (scratch) => {
  for (const revoke of [false, true]) {
    const share = await fill(scratch, fullSandbox(scratch));
    const consumer = await Consumer.start(scratch, "private");
    const names = [`c1-${random}-file`, `c1-${random}-tree/below/deep`, "c1/rootfs/etc/passwd"];
    for (const name of names) assert.ok(consumer.read(name).length > 0);
    await share.cleanup({ revoke });
    assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
    for (const name of names) {
      if (revoke) assert.throws(() => consumer.read(name), { code: "ENOENT" });
      else assert.ok(consumer.read(name).length > 0);
    }
    await consumer.end();
  }
});

mountTest("revoking what another process shared, of hundreds, leaves nothing", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const mount = { source: scratch.file("f"), destination: "/a b\n🦊" };
  await Promise.all(Array.from({ length: 300 }, () => share.shareFile(container, mount)));
  await scratch.share().cleanup({ revoke: true });
  assert.deepEqual(mountsBelow(scratch.hostDir), []);
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});
