import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Generation, generations } from "../../ffi/guest/generation.ts";
import type { EmbeddedGuestOptions } from "../../ffi/mod.ts";
import { type CopyPlace, copyTest, shareDir } from "../support/copy/place.ts";
import { interrupted, lacking } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { copyFrame, RawClient } from "../support/ttrpc/raw-client.ts";

const [REG, DIR, LNK] = [0o100000, 0o040000, 0o120000];
const kinds = { file: REG | 0o644, directory: DIR | 0o755, link: LNK | 0o777 };

/** What a guest answers to a copy: "" for done, else the reason. */
async function ask(
  place: CopyPlace,
  options: EmbeddedGuestOptions,
  path: string,
  fileMode: number,
  data: Uint8Array = Buffer.from("evil"),
): Promise<string> {
  const isFile = (fileMode & LNK) === REG;
  return place.with(options, async (_, guest) => {
    const client = await RawClient.of(guest.address); // the agent's client sends no such paths
    client.send(copyFrame(1, { path, fileMode, data, fileSize: isFile ? data.length : 0 }));
    const { code, message } = await client.answer(1);
    client.socket.destroy();
    if (message !== "") assert.equal(code, 13, message); // INTERNAL, as the agent has it
    return message;
  });
}

/** All that a test could have harmed beside the guest's directory. */
function outside(place: CopyPlace): string[] {
  const names = readdirSync(place.path, { recursive: true, encoding: "utf8" }).sort();
  return names
    .filter((name) => !name.startsWith("guest/"))
    .map((name) => {
      const { mode, size, nlink } = lstatSync(join(place.path, name));
      return [name, mode.toString(8), name === "guest" ? "" : size, nlink].join(" ");
    })
    .filter((line) => !line.startsWith("guest "));
}

const paths: readonly (readonly [what: string, path: string, reason: RegExp])[] = [
  ["the shared directory itself", shareDir, /is not below/],
  ["the shared directory itself, in other words", `${shareDir}/././/`, /is not below/],
  ["what is above it", "/run/kata-containers/shared", /is not below/],
  ["what begins like it", `${shareDir}-2/f`, /is not below/],
  ["a relative path", "c1/f", /is not below/],
  ["no path", "", /is not below/],
  ["dot-dot at once", `${shareDir}/../f`, /is not below/],
  ["dot-dot that stays inside", `${shareDir}/a/../f`, /is not below/],
  ["dot-dot at the end", `${shareDir}/a/..`, /is not below/],
  ["many dot-dots", `${shareDir}/${"../".repeat(50)}tmp/f`, /is not below/],
  ["a name with a NUL", `${shareDir}/a/f\0.txt`, /^EINVAL: the path has a NUL in it/],
  ["a name of 256 bytes", `${shareDir}/${"n".repeat(256)}`, /^ENAMETOOLONG/],
  ["10,000 names", `${shareDir}${"/d".repeat(10_000)}`, /^ENAMETOOLONG/],
  ["a path of 1 MiB", `${shareDir}/${"n".repeat(1024 * 1024)}`, /^ENAMETOOLONG/],
];

for (const [what, path, reason] of paths)
  copyTest(`a guest refuses ${what}, and writes nothing`, async (place) => {
    const before = outside(place);
    for (const generation of generations)
      for (const mode of Object.values(kinds)) {
        assert.match(await ask(place, { generation }, path, mode), reason);
        assert.deepEqual(readdirSync(place.guestDirectory), []);
      }
    assert.deepEqual(outside(place), before);
  });

copyTest("a path as deep as paths may be is written, and removed again", async (place) => {
  const depth = Math.floor((4095 - shareDir.length) / 2);
  assert.equal(await ask(place, {}, `${shareDir}${"/d".repeat(depth)}`, kinds.file), "");
  assert.equal(await ask(place, {}, `${shareDir}/d`, kinds.file), "");
  assert.equal(readFileSync(place.arrived("d"), "utf8"), "evil");
});

copyTest("a link with a NUL in it is refused, and not cut", async (place) => {
  const reason = await ask(place, {}, `${shareDir}/l`, kinds.link, Buffer.from("a\0b"));
  assert.match(reason, /^EINVAL: its target has a NUL in it/);
  assert.deepEqual(readdirSync(place.guestDirectory), []);
});

// What somebody else put into the guest's directory, and what is asked for then.
type Planted = readonly [what: string, path: string, plant: (inside: string, outside: string) => void];
const planted: readonly Planted[] = [
  ["a link to a directory", "c1/f", (inside, outside) => symlinkSync(outside, join(inside, "c1"))],
  [
    "a link on the way",
    "c1/a/f",
    (inside, outside) => {
      mkdirSync(join(inside, "c1"));
      symlinkSync(outside, join(inside, "c1/a"));
    },
  ],
  ["a link", "c1", (inside, outside) => symlinkSync(join(outside, "secret"), join(inside, "c1"))],
  ["a link to nothing", "c1", (inside, outside) => symlinkSync(join(outside, "new"), join(inside, "c1"))],
  [
    "a link under the temporary name",
    "c1",
    (inside, outside) => symlinkSync(join(outside, "secret"), join(inside, "c1.tmp")),
  ],
  [
    "another name of a file outside",
    "c1",
    (inside, outside) => linkSync(join(outside, "secret"), join(inside, "c1")),
  ],
  [
    "another name of a file outside under the temporary name",
    "c1",
    (inside, outside) => linkSync(join(outside, "secret"), join(inside, "c1.tmp")),
  ],
  ["a pipe", "c1", (inside) => execFileSync("mkfifo", [join(inside, "c1")])],
  ["a pipe under the temporary name", "c1", (inside) => execFileSync("mkfifo", [join(inside, "c1.tmp")])],
];

for (const [what, path, plant] of planted)
  copyTest(`a guest in whose directory somebody put ${what} changes nothing outside`, async (place) => {
    const secrets = join(place.path, "outside");
    mkdirSync(secrets);
    writeFileSync(join(secrets, "secret"), "secret");
    chmodSync(join(secrets, "secret"), 0o600);
    const before = (): string[] => outside(place).map((line) => line.replace(/ \d+$/, "")); // names come and go
    const was = before();
    for (const generation of generations)
      for (const mode of Object.values(kinds)) {
        execFileSync("rm", ["-rf", place.guestDirectory]);
        mkdirSync(place.guestDirectory);
        plant(place.guestDirectory, secrets);
        await ask(place, { generation }, `${shareDir}/${path}`, mode);
        assert.deepEqual(before(), was, `${generation} ${mode.toString(8)}`);
        assert.equal(readFileSync(join(secrets, "secret"), "utf8"), "secret");
      }
  });

for (const generation of generations)
  copyTest(`a directory that becomes a link meanwhile is left by an agent of ${generation}`, (place) =>
    swapped(place, generation),
  );

// Just before its mode is changed, or its owner, somebody puts a link into its place.
async function swapped(place: CopyPlace, generation: Generation): Promise<void> {
  const secrets = join(place.path, "outside");
  mkdirSync(secrets, { mode: 0o700 });
  for (const before of ["fchmodat", "fchownat", "statx"] as const) {
    for (let at = 1; at <= 3; at += 1) {
      execFileSync("rm", ["-rf", place.guestDirectory]);
      mkdirSync(place.guestDirectory);
      const swap = () => {
        execFileSync("rm", ["-rf", place.arrived()]);
        symlinkSync(secrets, place.arrived());
      };
      const swapping = interrupted(libc, { before, at }, swap);
      await ask(place, { generation, libc: swapping }, `${shareDir}/c1`, DIR | 0o777);
      assert.equal(lstatSync(secrets).mode & 0o777, 0o700);
    }
  }
}

copyTest("who may give nothing away keeps it, without the set-user-id bit", async (place) => {
  const EPERM = 1;
  await ask(place, {}, `${shareDir}/c1/f`, REG | 0o4755);
  assert.equal(lstatSync(place.arrived("c1/f")).mode & 0o7777, 0o755);
  // Only changes to somebody are refused.
  const wrapped = {
    name: libc.name,
    call: (...args: Parameters<typeof libc.call>) =>
      args[0] === "fchownat" && args[3] !== -1 ? -EPERM : libc.call(...args),
  };
  assert.equal(await ask(place, { libc: wrapped }, `${shareDir}/c2/f`, REG | 0o4755), "");
  assert.equal(lstatSync(place.arrived("c2/f")).mode & 0o7777, 0o755);
});

copyTest("a failing call is answered by its errno's name, as the agent does", async (place) => {
  const ENOSPC = 28;
  const reason = await ask(place, { libc: lacking(libc, { pwrite64: ENOSPC }) }, `${shareDir}/f`, kinds.file);
  assert.match(reason, /^ENOSPC: no room.* \(os error 28\)$/);
});
