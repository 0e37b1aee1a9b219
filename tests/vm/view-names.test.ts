import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { ViewNames } from "../../vm/machine/view-names.ts";
import type { GuestMount } from "../../vm/mod.ts";
import { mount, unmount } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const view: GuestMount = { kind: "view", filesystem: "virtiofs", source: "tag", target: "/v", options: [] };
const DAY_MS = 86_400_000;

function bindOf(name: string): GuestMount {
  const places = { source: `/v/${name}`, target: `/${name}` };
  return { kind: "bind", filesystem: "bind", ...places, options: [] };
}

/** Whether a guest that mounts these names may find something else; it believes what it has seen for a day. */
function lookingAt(scratch: Scratch, cacheMs = DAY_MS): (...names: string[]) => Promise<boolean> {
  const known = new ViewNames(scratch.directory("view"), cacheMs);
  return async (...names) => (await known.staleMs([view, ...names.map(bindOf)])) > 0;
}

mountTest(
  "a name that leads to something else than before is stale, and any other is not",
  async (scratch) => {
    for (const name of ["one", "next"]) scratch.file(`${name}/file`);
    const [place, other] = ["share", "other"].map((name) => scratch.directory(`view/${name}`)) as [
      string,
      string,
    ];
    const isStale = lookingAt(scratch);
    mount("--bind", `${scratch.path}/one`, place);
    assert.ok(!(await isStale("share")), "the first one");
    assert.ok(!(await isStale("share")), "the same");
    mount("--bind", `${scratch.path}/one`, other);
    assert.ok(!(await isStale("share", "other")), "another name");
    unmount(place);
    mount("--bind", `${scratch.path}/next`, place);
    assert.ok(await isStale("share", "other"), "another share");
    assert.ok(!(await isStale("share", "other")), "the guest has looked again");
  },
);

mountTest("a name whose share is gone is known for as long as the guest believes in it", async (scratch) => {
  const file = scratch.file("view/share");
  const look = async (cacheMs: number) => {
    const isStale = lookingAt(scratch, cacheMs);
    await isStale("share");
    rmSync(file);
    assert.ok(!(await isStale()));
    scratch.file("view/share");
    return await isStale("share");
  };
  assert.ok(await look(DAY_MS));
  assert.ok(!(await look(-1)));
});

mountTest("names in no view, and what makes no use of it, are never looked at", async (scratch) => {
  const known = new ViewNames(`${scratch.path}/missing`, DAY_MS);
  const proc: GuestMount = {
    kind: "filesystem",
    filesystem: "proc",
    source: "proc",
    target: "/v/proc",
    options: [],
  };
  assert.equal(await known.staleMs([bindOf("share")]), 0);
  assert.equal(
    await known.staleMs([view, proc, { ...bindOf("share"), source: "/w/share" } as GuestMount]),
    0,
  );
});
