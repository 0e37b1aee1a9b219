import assert from "node:assert/strict";
import { readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { wordsOf } from "../../ffi/linux/attributes.ts";
import { AT_FDCWD } from "../../ffi/linux/constants.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import { counting, failing, faulty, lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mount, mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { bindInHub, optionsOf, refusedBinding } from "../support/sandbox/binding.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

const ENOSYS = 38;
const old = withoutUniqueIds(lacking(libc, { statmount: ENOSYS, open_tree_attr: ENOSYS }));

// A directory on a mount of its own, with a mount below it that is nodev.
async function nested(scratch: Scratch, options = "mode=0755"): Promise<string> {
  await scratch.share().prepare();
  const source = scratch.directory("source");
  mountTmpfs(source, options);
  mountTmpfs(scratch.directory("source/sub"), "nodev,mode=0755");
  return source;
}

// A word, the options of a mount that has it, and the words for its bits.
const words: readonly [word: string, options: string, words: readonly string[]][] = [
  ["ro", "relatime,ro", ["ro"]],
  ["nosuid", "nosuid,relatime,rw", ["nosuid"]],
  ["nodev", "nodev,relatime,rw", ["nodev"]],
  ["noexec", "noexec,relatime,rw", ["noexec"]],
  ["nosymfollow", "nosymfollow,relatime,rw", ["nosymfollow"]],
  ["noatime", "noatime,rw", ["noatime"]],
  ["relatime", "relatime,rw", []],
  ["strictatime", "rw", ["strictatime"]],
  ["nodiratime", "nodiratime,relatime,rw", ["nodiratime"]],
];
const withNodev = (options: string) => [...new Set(["nodev", ...options.split(",")])].sort().join();

for (const [kernel, way] of [
  ["", libc],
  [" on a kernel before 6.8", old],
] as const) {
  mountTest(`each word is an option of the share in hub and view${kernel}`, async (scratch) => {
    const source = await nested(scratch);
    const { sys, table } = hostOf(way);
    for (const [word, options, names] of words) {
      for (const one of [word, `r${word}`]) {
        await bindInHub(scratch, one, { source, attributes: [one] }, way);
        assert.equal(optionsOf(scratch, one), options, one);
        for (const path of [scratch.hub(one), scratch.view(one)]) {
          const bits = table.of(sys.statx(AT_FDCWD, path))?.attributes;
          assert.deepEqual(wordsOf(bits ?? 0), names, one);
        }
      }
    }
  });

  mountTest(
    `a plain word is for the mount on top, one with "r" and "ro" for all${kernel}`,
    async (scratch) => {
      const source = await nested(scratch);
      for (const [word, options] of words) {
        for (const one of [word, `r${word}`]) {
          await bindInHub(scratch, one, { source, recursive: true, attributes: [one] }, way);
          assert.equal(optionsOf(scratch, one), options, one);
          const isForAll = one !== word || one === "ro";
          const below = withNodev(isForAll ? options : "relatime,rw");
          assert.equal(optionsOf(scratch, `${one}/sub`), below, one);
        }
      }
      assert.equal(hostOf(libc).table.of(hostOf(libc).sys.statx(AT_FDCWD, source))?.attributes, 0);
    },
  );
}

mountTest("several words are all there, beside the source's own", async (scratch) => {
  const source = await nested(scratch, "nosuid,noatime,mode=0755");
  const rows: readonly [attributes: string[], top: string, below: string][] = [
    [[], "noatime,nosuid,rw", "nodev,relatime,rw"],
    [["ro", "noexec"], "noatime,noexec,nosuid,ro", "nodev,relatime,ro"],
    [["rnoexec", "nosymfollow"], "noatime,noexec,nosuid,nosymfollow,rw", "nodev,noexec,relatime,rw"],
    [["relatime"], "nosuid,relatime,rw", "nodev,relatime,rw"],
    [["strictatime", "nodiratime"], "nodiratime,nosuid,rw", "nodev,relatime,rw"],
    // Of words for one thing the last one holds, on the mounts that it is for.
    [["noatime", "strictatime"], "nosuid,rw", "nodev,relatime,rw"],
    [["rnoatime", "relatime"], "nosuid,relatime,rw", "noatime,nodev,rw"],
    [["relatime", "rnoatime"], "noatime,nosuid,rw", "noatime,nodev,rw"],
    [["rstrictatime", "ro"], "nosuid,ro", "nodev,ro"],
  ];
  for (const [attributes, top, below] of rows) {
    const name = attributes.join("-") || "none";
    await bindInHub(scratch, name, { source, recursive: true, attributes });
    assert.equal(optionsOf(scratch, name), top, name);
    assert.equal(optionsOf(scratch, `${name}/sub`), below, name);
  }
});

mountTest("a file has its words too", async (scratch) => {
  await scratch.share().prepare();
  await bindInHub(scratch, "f", { source: scratch.file("f"), attributes: ["ro", "noexec", "noatime"] });
  assert.equal(optionsOf(scratch, "f"), "noatime,noexec,ro");
});

mountTest("with nosymfollow a link can be read, and leads nowhere", async (scratch) => {
  const source = await nested(scratch);
  scratch.file("source/file");
  symlinkSync("file", `${source}/link`);
  await bindInHub(scratch, "x", { source, attributes: ["nosymfollow"] });
  for (const path of [scratch.hub("x/link"), scratch.view("x/link")]) {
    assert.equal(readlinkSync(path), "file");
    assert.throws(() => readFileSync(path), /ELOOP|os error 40/);
  }
  assert.equal(readFileSync(`${source}/link`, "utf8"), "source/file");
});

mountTest("a word that there is not is refused, and nothing is left", async (scratch) => {
  const source = await nested(scratch);
  for (const word of ["", "dev", "r", "rbind", "rrro", "RO", "constructor", "ro,nosuid"]) {
    const error = await refusedBinding(scratch, "x", { source, attributes: ["ro", word] });
    assert.equal(error.code, "EINVAL");
    assert.ok(error.message.includes(JSON.stringify(word)), error.message);
  }
});

mountTest("a share that is there is the same one with the same words only", async (scratch) => {
  const source = await nested(scratch);
  for (const [word] of words) {
    const binding = { source, recursive: true, attributes: [`r${word}`] };
    await bindInHub(scratch, word, binding);
    for (const way of [libc, old]) {
      const before = stateOf(scratch.hostDir);
      assert.equal(await bindInHub(scratch, word, binding, way), false, word);
      assert.deepEqual(stateOf(scratch.hostDir), before);
    }
    if (word === "relatime") continue; // as the source has it
    for (const attributes of [[], ["nosuid", "nodev"], [`r${word}`, "ro", "noexec"]]) {
      assert.equal((await refusedBinding(scratch, word, { ...binding, attributes })).code, "EEXIST", word);
    }
  }
  await bindInHub(scratch, "top", { source, recursive: true, attributes: ["nosuid"] });
  const all = { source, recursive: true, attributes: ["rnosuid"] };
  assert.equal((await refusedBinding(scratch, "top", all)).code, "EEXIST", "the mount below is not nosuid");
});

mountTest("a share of a read-only source is no read-only one with writable mounts below", async (scratch) => {
  const tree = { source: await nested(scratch), recursive: true };
  mount("-o", "remount,bind,ro", tree.source);
  await bindInHub(scratch, "x", tree);
  assert.equal((await refusedBinding(scratch, "x", { ...tree, attributes: ["ro"] })).code, "EEXIST");
  assert.equal(await bindInHub(scratch, "x", tree), false);
});

mountTest(
  "words cost a call only where mounts below differ, and none comes after attaching",
  async (scratch) => {
    const source = await nested(scratch);
    const rows: readonly [recursive: boolean, attributes: string[], calls: string[]][] = [
      [false, [], []],
      [true, [], []],
      [false, ["ro"], []],
      [true, ["ro"], []],
      [false, ["ro", "nosuid", "noatime", "nosymfollow"], []],
      [true, ["ro", "rnosuid", "rnoatime"], []],
      [true, ["ro", "nosuid"], ["mount_setattr"]],
      [true, ["noatime"], ["mount_setattr"]],
    ];
    for (const [i, [recursive, attributes, calls]] of rows.entries()) {
      const { log, ...way } = counting(libc);
      await bindInHub(scratch, `x${i}`, { source, recursive, attributes }, way);
      const own = failing(log.slice(log.indexOf("open_tree_attr")));
      assert.deepEqual(own, ["open_tree_attr", ...calls, "mkdirat", "move_mount"], attributes.join());
    }
  },
);

mountTest("whichever call fails, no share is left and no descriptor", async (scratch) => {
  const source = await nested(scratch);
  const binding = { source, recursive: true, attributes: ["ro", "nosuid", "rnoatime"] };
  let failures = 0;
  for (const base of [libc, old]) {
    for (let at = 1; ; at++) {
      const way = faulty(base, { at, errno: 12 });
      const before = stateOf(scratch.hostDir);
      try {
        await bindInHub(scratch, "x", binding, way);
      } catch {
        failures += 1;
        assert.deepEqual(stateOf(scratch.hostDir), before, `call ${at}: ${way.failed()}`);
        continue;
      }
      assert.equal(optionsOf(scratch, "x"), "noatime,nosuid,ro");
      unmount(scratch.hub("x"));
      if (way.failed() === undefined) break;
    }
  }
  assert.ok(failures >= 10, `only ${failures} failures`);
});
