import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CopyError } from "../../ffi/copy/copy-error.ts";
import { type CopiedNames, copySelectively, type Entry } from "../../ffi/copy/selective-copy.ts";
import { type CopyPlace, copyTest, host, shareDir } from "../support/copy/place.ts";
import { rejection } from "../support/errors.ts";

const guestPath = `${shareDir}/c1`;

function sorted({ again, arrived, skipped }: CopiedNames): string[][] {
  return [again, arrived, skipped].map((names) => [...names].sort());
}

function fill({ source }: CopyPlace): void {
  mkdirSync(join(source, "directory"));
  for (const name of ["a", "b", "c", "directory/d"]) writeFileSync(join(source, name), `${name} on the host`);
  symlinkSync("/etc/passwd", join(source, "outside"));
  execFileSync("mkfifo", [join(source, "pipe")]);
}

copyTest(
  "names of a directory are copied alone, and the answer says which of them arrived",
  async (place) => {
    fill(place);
    const names = ["a", "directory", "outside", "pipe", "missing"];
    let copied: string[][] = [];
    const result = await place.with({}, (agent) =>
      copySelectively(host, { path: place.source, guestPath }, agent, {}, async (copy) => {
        assert.ok(await copy.copyDirectory(copy.root, copy.root.file));
        copied = sorted(await copy.copyNames(copy.root, names));
      }),
    );
    assert.deepEqual(copied, [["missing"], ["a", "directory"], ["outside", "pipe"]]);
    assert.deepEqual(readdirSync(place.arrived(), { recursive: true }).sort(), [
      "a",
      "directory",
      "directory/d",
    ]);
    assert.deepEqual([result.entries, result.skipped.length], [4, 2]);
  },
);

copyTest("what arrived before a refusal is said, and then the copy is over", async (place) => {
  fill(place);
  const onRequest = ({ path }: { path: string }) =>
    path.endsWith("/b") ? { code: 13, message: "ENOSPC: No space left on device" } : undefined;
  let copied: string[][] = [];
  const copying = place.with({ onRequest }, (agent) =>
    copySelectively(host, { path: place.source, guestPath }, agent, { window: 1 }, async (copy) => {
      copied = sorted(await copy.copyNames(copy.root, ["a", "b", "c"]));
      assert.throws(() => copy.check());
      assert.deepEqual(sorted(await copy.copyNames(copy.root, ["c"])), [[], [], []]);
    }),
  );
  const error = await rejection(copying);
  assert.ok(error instanceof CopyError && error.guestPath === `${guestPath}/b`, String(error));
  assert.deepEqual(copied, [[], ["a"], []]);
});

copyTest("all names of a directory that is gone have to be listed again", async (place) => {
  fill(place);
  let copied: string[][] = [];
  await place.with({}, (agent) =>
    copySelectively(host, { path: place.source, guestPath }, agent, {}, async (copy) => {
      const directory = copy.find(copy.root, "directory") as Entry;
      rmSync(directory.path, { recursive: true });
      copied = sorted(await copy.copyNames(directory, ["d", "e"]));
    }),
  );
  assert.deepEqual(copied, [["d", "e"], [], []]);
});

copyTest("an entry is copied under another name, and a link leads elsewhere", async (place) => {
  fill(place);
  symlinkSync("directory", join(place.source, "link"));
  const outcomes: string[] = [];
  await place.with({}, (agent) =>
    copySelectively(host, { path: place.source, guestPath }, agent, {}, async (copy) => {
      const [directory, link] = ["directory", "link"].map((name) => copy.find(copy.root, name) as Entry);
      assert.ok(directory && link);
      outcomes.push(await copy.copyAs(directory, { name: "other" }));
      outcomes.push(await copy.copyAs(link, { target: Buffer.from("other") }));
      outcomes.push(await copy.copyAs(link, { target: Buffer.from("/etc") }));
    }),
  );
  assert.deepEqual(outcomes, ["arrived", "arrived", "skipped"]);
  assert.equal(readFileSync(place.arrived("c1/other/d"), "utf8"), "directory/d on the host");
  assert.equal(readlinkSync(place.arrived("c1/link")), "other");
});
