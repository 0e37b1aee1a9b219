import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { writeCopied } from "../../ffi/guest/copy-rules.ts";
import { type Generation, generations, traits } from "../../ffi/guest/generation.ts";
import { GuestCalls } from "../../ffi/guest/guest-calls.ts";
import type { Libc } from "../../ffi/linux/libc.ts";
import { type CopyPlace, copyTest, shareDir } from "../support/copy/place.ts";
import { mayChown } from "../support/copy/traps.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";

// Whatever has the name of what an agent is writing is exchanged just before each of its calls to the kernel: nothing outside
// of its directory ever gets another owner, mode or content, and nothing outside goes.

const [REG, DIR, LNK] = [0o100000, 0o040000, 0o120000];
interface Write {
  readonly path: string;
  readonly fileMode: number;
  readonly data: string;
  readonly fileSize: number;
}

const writes: Readonly<Record<string, Write>> = {
  "a file": { path: "c1/f", fileMode: REG | 0o4777, data: "evil", fileSize: 4 },
  "a part of a file": { path: "c1/f", fileMode: REG | 0o4777, data: "evil", fileSize: 8 },
  "a directory": { path: "c1/f", fileMode: DIR | 0o777, data: "", fileSize: 0 },
  "a link": { path: "c1/f", fileMode: LNK | 0o777, data: "target", fileSize: 0 },
  "a file in directories that are missing": {
    path: "c1/f/g",
    fileMode: REG | 0o777,
    data: "evil",
    fileSize: 4,
  },
};

/** What is put in the place of a name: each of these is outside, or leads there. */
const planted: Readonly<Record<string, (path: string, outside: string) => void>> = {
  "a link to a file": (path, outside) => symlinkSync(join(outside, "file"), path),
  "a link to a directory": (path, outside) => symlinkSync(join(outside, "directory"), path),
  "another name of a file": (path, outside) => linkSync(join(outside, "file"), path),
  "another name of a link": (path, outside) => linkSync(join(outside, "link"), path),
};

function makeOutside(place: CopyPlace): string {
  const outside = join(place.path, "outside");
  mkdirSync(join(outside, "directory"), { recursive: true });
  writeFileSync(join(outside, "file"), "secret");
  chmodSync(join(outside, "file"), 0o600);
  symlinkSync("target", join(outside, "link"));
  return outside;
}

function stateOf(outside: string): string {
  const lines = ["directory", "file", "link"].map((name) => {
    const { mode, uid, gid } = lstatSync(join(outside, name));
    return [name, mode.toString(8), uid, gid].join(" ");
  });
  return [...lines, readFileSync(join(outside, "file"), "utf8")].join("\n");
}

/** Names that an agent may be at when it writes to c1/f. */
const names = ["c1", "c1/f", "c1/f.tmp", "c1/f/g", "c1/f/g.tmp"];

for (const [what, { path, data, ...request }] of Object.entries(writes))
  for (const generation of generations)
    copyTest(
      `nothing outside changes while an agent of ${generation} writes ${what} and its names are exchanged`,
      async (place) => {
        const outside = makeOutside(place);
        const was = stateOf(outside);
        let exchanged = 0;
        for (const [how, plant] of Object.entries(planted))
          for (const name of names.slice(0, path.endsWith("/g") ? 5 : 3))
            for (let at = 1, calls = at; at <= calls; at += rounds(1, 6)) {
              calls = 0;
              execFileSync("rm", ["-rf", place.guestDirectory]);
              mkdirSync(place.guestDirectory);
              const target = place.arrived(name);
              const call: Libc["call"] = (...args) => {
                calls += 1;
                if (calls === at && isThere(target)) {
                  renameSync(target, join(place.path, `aside-${exchanged++}`));
                  plant(target, outside);
                }
                return libc.call(...args);
              };
              write(place, generation, { ...request, path, data }, { name: libc.name, call });
              assert.equal(stateOf(outside), was, `${how} in the place of ${name}, before call ${at}`);
            }
        assert.ok(exchanged > 0);
      },
    );

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

copyTest("what is written has its owner", async (place) => {
  if (!mayChown) return;
  for (const generation of generations)
    for (const [what, { path, ...request }] of Object.entries(writes)) {
      if (what === "a part of a file") continue;
      execFileSync("rm", ["-rf", place.guestDirectory]);
      mkdirSync(place.guestDirectory);
      assert.equal(write(place, generation, { ...request, path }, libc), undefined);
      const { uid, gid } = lstatSync(place.arrived(path));
      assert.deepEqual([uid, gid], [1234, 5678], what);
    }
});

/** Does what an agent does with a request; gives what it threw. */
function write(place: CopyPlace, generation: Generation, { path, data, ...rest }: Write, way: Libc): unknown {
  const sys = new GuestCalls(way);
  const root = sys.openPlace(place.guestDirectory);
  try {
    const request = { ...rest, dirMode: 0o750, uid: 1234, gid: 5678, offset: 0 };
    const all = { ...request, path: `${shareDir}/${path}`, data: Buffer.from(data) };
    writeCopied({ sys, root, shareDir, traits: traits[generation] }, all);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    libc.call("close", root);
  }
}
