import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CopiedSources } from "../../vm/machine/copied-sources.ts";
import type { GuestMount } from "../../vm/mod.ts";
import { mountTest } from "../support/scratch.ts";

const view: GuestMount = { kind: "view", filesystem: "virtiofs", source: "tag", target: "/v", options: [] };
const copyOf = (source: string): GuestMount => ({ kind: "copy", source, target: `/w${source}` });

mountTest("each change of what a guest has copies of is told, and nothing else", async (scratch) => {
  const directory = scratch.directory("view");
  const volume = `${directory}/config`;
  for (const version of ["..1", "..2"]) {
    mkdirSync(`${volume}/${version}`, { recursive: true });
    writeFileSync(`${volume}/${version}/key`, version);
  }
  symlinkSync("..1", `${volume}/..data`);
  mkdirSync(`${directory}/other`);
  const sources = new CopiedSources(directory, { lookEveryMs: 10, guestCacheMs: 10 });
  await sources.set([view, copyOf("/v/config"), copyOf("/elsewhere/config")]);
  const ending = new AbortController();
  let told = 0;
  const following = (async () => {
    for await (const _ of sources.changes(ending.signal)) told += 1;
  })();
  const toldOf = async (change: () => void) => {
    const before = told;
    change();
    while (told === before) await sleep(20);
    // A look in the middle of it makes two of one change.
    for (let last = before; last !== told; ) {
      last = told;
      await sleep(300);
    }
  };
  await toldOf(() => {
    symlinkSync("..2", `${volume}/..data_tmp`);
    renameSync(`${volume}/..data_tmp`, `${volume}/..data`);
  });
  await toldOf(() => writeFileSync(`${volume}/..2/key`, "of the same length".slice(0, 3)));
  await toldOf(() => rmSync(`${volume}/..1/key`));
  const before = told;
  writeFileSync(`${directory}/other/file`, "");
  await sleep(200);
  assert.equal(told, before);
  await toldOf(() => rmSync(volume, { recursive: true }));
  // A change before it was looked at for the first time, and after the guest was told of it.
  mkdirSync(volume);
  await sources.set([view]);
  await sources.set([view, copyOf("/v/config")]);
  await toldOf(() => writeFileSync(`${volume}/key`, ""));
  ending.abort();
  await following;
});
