import assert from "node:assert/strict";
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { planError } from "../support/errors.ts";
import { mount, mountsBelow } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { shapeOf } from "../support/state.ts";

// What a killed process, or an older one, may have left of each part.
const parts = {
  guard: ["none", "bindable", "unbindable"],
  mounts: ["none", "directory", "hub"],
  shared: ["none", "directory", "view"],
  placeholder: ["none", "file", "directory"],
  stray: ["none", "beside", "in the hub"],
} as const;
type Half = { [Part in keyof typeof parts]: (typeof parts)[Part][number] };

function* halves(): Generator<Half> {
  for (const guard of parts.guard)
    for (const mounts of parts.mounts)
      for (const shared of parts.shared)
        for (const placeholder of parts.placeholder)
          for (const stray of parts.stray) yield { guard, mounts, shared, placeholder, stray };
}

// A view is a copy of a hub, and placeholders are in one.
function isPossible({ mounts, shared, placeholder, stray }: Half): boolean {
  return mounts === "hub" || (shared !== "view" && placeholder === "none" && stray !== "in the hub");
}

function build(scratch: Scratch, half: Half): void {
  const directory = scratch.inSandbox();
  mkdirSync(directory, { mode: 0o700 });
  if (half.guard !== "none") {
    mount("--bind", directory, directory);
    mount("--make-private", directory);
  }
  if (half.guard === "unbindable") mount("--make-unbindable", directory);
  if (half.mounts !== "none") mkdirSync(`${directory}/mounts`, { mode: 0o750 });
  if (half.shared !== "none") mkdirSync(`${directory}/shared`, { mode: 0o700 });
  if (half.mounts === "hub") buildHub(directory, half);
  if (half.stray === "beside") writeFileSync(`${directory}/stray`, "not ours");
}

function buildHub(directory: string, { shared, placeholder, stray }: Half): void {
  const hub = `${directory}/mounts`;
  const view = `${directory}/shared`;
  mount("-t", "tmpfs", "-o", "nosuid,nodev,noexec,mode=0750", "guestshare", hub);
  mount("--make-shared", hub);
  if (shared === "view") {
    mount("--bind", hub, view);
    mount("-o", "remount,bind,ro,nosuid,nodev,noexec", view);
    mount("--make-slave", view);
  }
  if (placeholder === "directory") mkdirSync(`${hub}/c1-${random}-x`, { mode: 0 });
  if (placeholder === "file") makeSocket(`${hub}/c1-${random}-x`);
  if (stray === "in the hub") writeFileSync(`${hub}/stray`, "not ours");
}

function makeSocket(path: string): void {
  const result = libc.call("mknodat", -100, new TextEncoder().encode(`${path}\0`), 0xc000, 0);
  assert.equal(result, 0);
}

const said = (half: Half) => JSON.stringify(half);

mountTest("prepare completes each half-made sandbox; a share takes over its placeholder", async (scratch) => {
  const good = new Map<string, string[]>();
  for (const half of [...halves()].filter(isPossible)) {
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
    for (const half of [...halves()].filter(isPossible)) {
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
