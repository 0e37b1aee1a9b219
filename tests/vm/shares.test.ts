import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { StepError } from "../../ffi/mod.ts";
import { RequestError } from "../../mod.ts";
import type { ShareRequest } from "../../vm/mod.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import { mountsBelow, mountTmpfs } from "../support/mounts.ts";
import { mountTest } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";
import { linesOf, opened } from "../support/vm/opened.ts";

mountTest("shares come and go one by one, and the guest sees each as it is", async (scratch) => {
  const shares = await opened(scratch);
  assert.deepEqual([shares.id, shares.tag, shares.guestDirectory], ["s1", "guestshare", "/run/guestshare"]);
  assert.equal(shares.directory, scratch.inSandbox("shared"));
  const source = scratch.file("tree/file", "of the host");
  const tree = await shares.add({ source: `${scratch.path}/tree`, target: "/workspace", mode: "rw" });
  const file = await shares.add({ source, target: "/etc/conf", mode: "ro" });
  assert.equal(file.inGuest, "/run/guestshare/machine%2Fetc%2Fconf");
  assert.deepEqual(await linesOf(shares), [
    `${source} -> /etc/conf ro`,
    `${scratch.path}/tree -> /workspace rw`,
  ]);
  const inView = (inGuest: string) => inGuest.replace(shares.guestDirectory, shares.directory);
  writeFileSync(`${inView(tree.inGuest)}/new`, "of the guest");
  assert.equal(readFileSync(`${scratch.path}/tree/new`, "utf8"), "of the guest");
  assert.throws(() => writeFileSync(inView(file.inGuest), "of the guest"), /EROFS/);
  assert.equal(readFileSync(source, "utf8"), "of the host");
  await tree.remove();
  await tree.remove();
  assert.deepEqual(await linesOf(shares), [`${source} -> /etc/conf ro`]);
  assert.deepEqual(readdirSync(shares.directory), [".machine", "machine%2Fetc%2Fconf"]);
  await shares.close();
  assert.deepEqual(readdirSync(scratch.hostDir), []);
  assert.equal(readFileSync(source, "utf8"), "of the host");
});

mountTest(
  "a guest mounts the device, and then each share, a target before those below it",
  async (scratch) => {
    const shares = await opened(scratch);
    const file = scratch.file("file");
    await shares.add({ source: file, target: "/a/b", mode: "ro" });
    await shares.add({ source: scratch.path, target: "/a", mode: "rw" });
    await shares.add({ source: file, target: "/a-b", mode: "rw" });
    const mounts = await shares.guestMounts();
    assert.deepEqual(
      mounts.map((one) => `${one.kind} ${one.target} ${"place" in one ? one.place : ""}`.trim()),
      ["view /run/guestshare", "bind /a directory", "bind /a/b file", "bind /a-b file"],
    );
    assert.match(await shares.guestScript(), /view virtiofs guestshare \/run\/guestshare/);
    await shares.close();
  },
);

mountTest("the same share again is the same share; another one at its target is refused", async (scratch) => {
  const shares = await opened(scratch);
  const request = { source: scratch.file("file"), target: "/file", mode: "ro" } as const;
  await shares.add(request);
  await shares.add({ ...request, target: "//file/." });
  const before = stateOf(scratch.hostDir);
  for (const other of [{ mode: "rw" }, { source: scratch.file("other") }] as const) {
    const error = await rejectionOf(shares.add({ ...request, ...other }));
    assert.ok(error instanceof StepError && error.code === "EEXIST", String(error));
    assert.match(error.message, /machine%2Ffile": EEXIST \(another share has this name\)$/);
  }
  assert.deepEqual(stateOf(scratch.hostDir).mounts, before.mounts);
  assert.equal((await shares.list()).length, 1);
  await shares.close();
});

mountTest("targets that no guest can have are refused, and nothing is mounted", async (scratch) => {
  const shares = await opened(scratch);
  const source = scratch.file("file");
  const before = stateOf(scratch.hostDir);
  for (const [target, code] of [
    ["workspace", "not-absolute"],
    ["/a/../b", "has-dot-dot"],
    ["/", "reserved-target"],
    ["/run", "reserved-target"],
    ["/run/guestshare/x", "reserved-target"],
    ["/proc/self", "reserved-target"],
    ["/sys", "reserved-target"],
    ["/dev/null", "reserved-target"],
    [`/${"x".repeat(246)}`, "long-target"],
    ["/a\0b", "has-nul"],
    ["/\ud800", "lone-surrogate"],
  ] as const) {
    const error = await rejectionOf(shares.add({ source, target, mode: "ro" }));
    assert.ok(error instanceof RequestError && error.code === code, `${target}: ${error}`);
  }
  assert.deepEqual(stateOf(scratch.hostDir), before);
  await shares.close();
});

mountTest("requests that are none are refused by name, and nothing is mounted", async (scratch) => {
  const shares = await opened(scratch);
  const good = { source: scratch.file("file"), target: "/file", mode: "ro" };
  const before = stateOf(scratch.hostDir);
  for (const [wrong, said] of [
    [{ mode: "RO" }, /^mode has to be "ro" or "rw", not "RO"$/],
    [{ mode: undefined }, /^mode has to be/],
    [{ source: "" }, /^source has to be a path, not ""$/],
    [{ target: 7 }, /^target has to be a path, not 7$/],
    [{ recursive: "no" }, /^recursive has to be/],
    [{ owner: "you" }, /^owner has to be "me", or \{ uid, gid \} in numbers, not "you"$/],
    [{ owner: { uid: 1 } }, /^owner has to be/],
    [{ owner: { uid: -1, gid: 0 } }, /^owner has to be/],
    [{ owner: { uid: 0, gid: 2 ** 32 - 1 } }, /^owner has to be/],
    [{ owner: null }, /^owner has to be/],
    [{ readonly: true }, /^there is no option "readonly"/],
  ] as const) {
    const error = await rejectionOf(shares.add({ ...good, ...wrong } as unknown as ShareRequest));
    assert.ok(error instanceof TypeError, `${JSON.stringify(wrong)}: ${error}`);
    assert.match(error.message, said);
  }
  assert.ok(
    (await rejectionOf(shares.add({ ...good, source: "/proc/self", mode: "ro" }))) instanceof StepError,
  );
  assert.deepEqual(stateOf(scratch.hostDir), before);
  await shares.close();
});

mountTest("any text that a file can have as a name is a target, and is listed as it is", async (scratch) => {
  const shares = await opened(scratch);
  const source = scratch.file("file");
  const targets = [
    ...[
      "/a b",
      "/tab\tand\nline",
      "/back\\slash#hash",
      "/100%",
      "/%2Fetc",
      "/größe/日本",
      "/'\"$`;&|<>*?[]~",
    ],
    ...[
      "/\u001b[31m",
      "/c1-0011223344556677-x/y",
      "/machine-01234567-x",
      "/...",
      "/-rf",
      `/${"é".repeat(122)}`,
    ],
  ];
  for (const target of targets) await shares.add({ source, target, mode: "ro" });
  const listed = await shares.list();
  assert.deepEqual(listed.map(({ target }) => target).sort(), [...targets].sort());
  for (const { name } of listed) assert.ok(existsSync(`${shares.directory}/${name}`), name);
  // As a terminal shows it, and as a table of mounts has it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it must have none
  for (const { name } of listed) assert.doesNotMatch(name, /[\u0000-\u0020\u007f\\#/]/);
  await shares.close();
});

mountTest("what is mounted below a source is shared, unless it is not wanted", async (scratch) => {
  const shares = await opened(scratch);
  mountTmpfs(scratch.directory("tree/below"));
  scratch.file("tree/below/file");
  const source = `${scratch.path}/tree`;
  await shares.add({ source, target: "/whole", mode: "ro" });
  assert.ok(existsSync(`${shares.directory}/machine%2Fwhole/below/file`));
  assert.throws(() => writeFileSync(`${shares.directory}/machine%2Fwhole/below/file`, ""), /EROFS/);
  await shares.add({ source, target: "/alone", mode: "ro", recursive: false });
  assert.deepEqual(readdirSync(`${shares.directory}/machine%2Falone/below`), []);
  await shares.close();
  assert.deepEqual(
    mountsBelow(source).map(({ point }) => point),
    [`${source}/below`],
  );
});
