import assert from "node:assert/strict";
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { planError } from "../support/errors.ts";
import { mount, mountsBelow } from "../support/mounts.ts";
import { everyOf, rounds } from "../support/sample.ts";
import { build, type Half, halves } from "../support/sandbox/half.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

// The short run tries one of three.
const tried = everyOf(halves(), rounds(1, 3));

const said = (half: Half) => JSON.stringify(half);

mountTest("prepare completes each half-made sandbox; a share takes over its placeholder", async (scratch) => {
  const good = new Map<string, string[]>();
  for (const half of tried) {
    build(scratch, half);
    const share = scratch.share();
    await share.prepare();
    // Where the hub had no guard, it is below the new one: out of sight, and cleaned up with the rest.
    const seen = shapeOf(scratch.hostDir).filter((line) => !/stray|c1-0/.test(line));
    const key = half.guard === "none" && half.mounts === "hub" ? said(half) : "usual";
    if (!good.has(key)) good.set(key, seen);
    assert.deepEqual(seen, good.get(key), said(half));
    const source = half.placeholder === "directory" ? scratch.directory("d") : scratch.file("f");
    await share.shareFile({ id: "c1" }, { source, destination: "/x" }, { random });
    assert.equal(mountsBelow(scratch.view(`c1-${random}-x`)).length, 1, said(half));
    await finish(scratch, half);
  }
});

mountTest(
  "cleanup returns each half-made sandbox to nothing, but for files that are not ours",
  async (scratch) => {
    for (const half of tried) {
      build(scratch, half);
      await finish(scratch, half);
    }
  },
);

// Cleans up; a stray file on the disk stays, and is told of.
async function finish(scratch: Scratch, half: Half): Promise<void> {
  if (half.stray === "beside") {
    const error = await planError(scratch.share().cleanup());
    assert.deepEqual(
      error.failures.map(({ step, code }) => [step.op, code]),
      [["remove", "ENOTEMPTY"]],
      said(half),
    );
    assert.ok(error.message.includes(JSON.stringify(scratch.inSandbox())), error.message);
    assert.equal(readFileSync(scratch.inSandbox("stray"), "utf8"), "not ours");
    unlinkSync(scratch.inSandbox("stray"));
  }
  await scratch.share().cleanup();
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"], said(half));
}

for (const name of ["mounts", "shared"]) {
  for (const content of ["not ours", ""]) {
    mountTest(
      `cleanup leaves ${content === "" ? "an empty" : "a"} file that is called "${name}", and says so`,
      async (scratch) => {
        mkdirSync(scratch.inSandbox());
        writeFileSync(scratch.inSandbox(name), content);
        const error = await planError(scratch.share().cleanup());
        assert.ok(error.message.includes(JSON.stringify(scratch.inSandbox(name))), error.message);
        assert.equal(readFileSync(scratch.inSandbox(name), "utf8"), content);
      },
    );
    mountTest(
      `cleanup leaves a file${content && " with content"} in a directory "${name}" that is no mount`,
      async (scratch) => {
        mkdirSync(scratch.inSandbox(name), { recursive: true });
        writeFileSync(scratch.inSandbox(name, "file"), content);
        const error = await planError(scratch.share().cleanup());
        assert.ok(error.message.includes(JSON.stringify(scratch.inSandbox(name))), error.message);
        assert.equal(readFileSync(scratch.inSandbox(name, "file"), "utf8"), content);
      },
    );
  }
}

mountTest("what is mounted in a half-made sandbox keeps its files", async (scratch) => {
  const host = scratch.directory("host");
  scratch.file("host/precious");
  mkdirSync(scratch.inSandbox("mounts"), { recursive: true });
  mkdirSync(scratch.inSandbox("shared"));
  mount("--bind", host, scratch.inSandbox("mounts"));
  mount("--bind", host, scratch.inSandbox("shared"));
  await scratch.share().cleanup();
  assert.equal(readFileSync(`${host}/precious`, "utf8"), "host/precious");
  assert.deepEqual(shapeOf(scratch.hostDir), [". directory 0755"]);
});
