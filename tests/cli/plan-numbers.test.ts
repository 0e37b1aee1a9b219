import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { commandHere } from "../support/cli/command-here.ts";
import { bundleOf, inSandbox, named } from "../support/cli/in-sandbox.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// The numbers of a plan are what `guestshare apply` does.

interface Numbers {
  readonly changed: number;
  readonly unchanged: number;
}

interface Applied {
  readonly operations: readonly Numbers[];
}

async function planned(scratch: Scratch, words: readonly string[]): Promise<Numbers> {
  const { add, remove, unchanged } = JSON.parse(
    (await inSandbox(scratch, ["plan", "--json", ...words])).stdout,
  ).summary;
  return { changed: add + remove, unchanged };
}

async function applied(scratch: Scratch, words: readonly string[]): Promise<Numbers> {
  const { exitCode, stdout, stderr } = await inSandbox(scratch, ["apply", "--json", ...words]);
  assert.equal(exitCode, 0, stderr);
  const { operations }: Applied = JSON.parse(stdout);
  const sum = (name: keyof Numbers) => operations.reduce((total, one) => total + one[name], 0);
  return { changed: sum("changed"), unchanged: sum("unchanged") };
}

const cases: readonly (readonly [what: string, words: (scratch: Scratch) => string[], numbers: Numbers])[] = [
  [
    "two mounts, which need one directory of users",
    (s) => ["-v", `${s.file("a")}:/a`, "-v", `${s.file("b")}:/b`],
    { changed: 12, unchanged: 1 },
  ],
  [
    "two mounts of one source, which use one share",
    (s) => ["-v", `${s.file("a")}:/a:ro`, "-v", `${s.file("a")}:/b:ro`],
    { changed: 10, unchanged: 2 },
  ],
  [
    "two mounts of one source with other attributes, which use two",
    (s) => ["-v", `${s.file("a")}:/a:ro,noexec`, "-v", `${s.file("a")}:/b:ro`],
    { changed: 12, unchanged: 1 },
  ],
  [
    "a bundle with a mount that it has already",
    (s) => [bundleOf(s), "-v", `${s.path}/data:/again:ro`],
    { changed: 12, unchanged: 0 },
  ],
];

for (const [what, words, numbers] of cases) {
  mountTest(`apply does what plan counts, of ${what}`, async (scratch) => {
    const list = words(scratch);
    assert.deepEqual(await planned(scratch, list), numbers);
    assert.deepEqual(await applied(scratch, list), numbers);
    assert.equal((await planned(scratch, list)).changed, 0);
  });
}

mountTest(
  "a plan that was written with two mounts of one source is applied exactly, also by a link",
  async (scratch) => {
    const file = `${scratch.path}/plan.json`;
    symlinkSync(scratch.hostDir, `${scratch.path}/link`);
    const place = ["--id", "s1", "--host-dir", `${scratch.path}/link`];
    const volumes = ["-v", `${scratch.file("a")}:/a`, "-v", `${scratch.path}/a:/b`];
    assert.equal((await commandHere(["plan", ...place, ...volumes, "-o", file])).exitCode, 0);
    const { exitCode, stdout, stderr } = await commandHere(["apply", file]);
    assert.equal(exitCode, 0, stderr);
    assert.equal(new Set(stdout.match(/sandbox-\w+-a/g)).size, 1);
    assert.equal(
      JSON.parse((await commandHere(["list", "--json", ...named(scratch)])).stdout).filesystems.length,
      1,
    );
  },
);
