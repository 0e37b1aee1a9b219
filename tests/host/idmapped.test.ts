import assert from "node:assert/strict";
import { chmodSync, chownSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { env } from "node:process";
import { openLibc } from "../../ffi/mod.ts";
import { faulty, lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mount, mountTmpfs, unmount } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { libc, libcNames } from "../support/runtimes.ts";
import {
  type Binding,
  bindInHub,
  noChildren,
  optionsOf,
  refusedBinding,
} from "../support/sandbox/binding.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors, stateOf } from "../support/state.ts";

const ENOSYS = 38;
const old = withoutUniqueIds(lacking(libc, { statmount: ENOSYS, open_tree_attr: ENOSYS }));
const skip = isMachineRoot
  ? false
  : "only root of the machine may idmap; files would have shown other owners";

type Mappings = Required<Pick<Binding, "uidMappings" | "gidMappings">>;
type Row = [containerID: number, hostID: number, size: number];

function mappings(uids: readonly Row[], gids: readonly Row[] = uids): Mappings {
  const of = ([containerID, hostID, size]: Row) => ({ containerID, hostID, size });
  return { uidMappings: uids.map(of), gidMappings: gids.map(of) };
}

// What belongs to 1000 and its group 1001 on the filesystem is root's in the share; what is root's there is 100000's.
const swapped = mappings(
  [
    [1000, 0, 1],
    [0, 100000, 1],
  ],
  [
    [1001, 0, 1],
    [0, 100000, 1],
  ],
);

function owned(scratch: Scratch, name: string, uid: number, gid: number): void {
  chownSync(scratch.file(name), uid, gid);
}

const ownerOf = (path: string) => [statSync(path).uid, statSync(path).gid];

// A directory on a tmpfs, with another tmpfs below: in both a file of 1000 and its group 1001, one of root, one of 7.
async function owners(scratch: Scratch): Promise<string> {
  await scratch.share().prepare();
  const source = scratch.directory("source");
  mountTmpfs(source);
  mountTmpfs(scratch.directory("source/sub"));
  for (const directory of ["source", "source/sub"]) {
    owned(scratch, `${directory}/theirs`, 1000, 1001);
    owned(scratch, `${directory}/root's`, 0, 0);
    owned(scratch, `${directory}/other`, 7, 7);
    chmodSync(`${scratch.path}/${directory}`, 0o777);
  }
  return source;
}

function assertMapped(directory: string): void {
  assert.deepEqual(ownerOf(`${directory}/theirs`), [0, 0]);
  assert.deepEqual(ownerOf(`${directory}/root's`), [100000, 100000]);
  assert.deepEqual(ownerOf(`${directory}/other`), [65534, 65534]);
}

function assertPlain(directory: string): void {
  assert.deepEqual(ownerOf(`${directory}/theirs`), [1000, 1001]);
  assert.deepEqual(ownerOf(`${directory}/root's`), [0, 0]);
  assert.deepEqual(ownerOf(`${directory}/other`), [7, 7]);
}

for (const name of libcNames) {
  mountTest(
    `through an idmapped share files have other owners, and writes land with theirs, by ${name}`,
    async (scratch) => {
      const source = await owners(scratch);
      const way = await openLibc(name);
      await bindInHub(scratch, "x", { source, attributes: ["idmap", "nosuid"], ...swapped }, way);
      assert.equal(optionsOf(scratch, "x"), "idmapped,nosuid,relatime,rw");
      for (const path of [scratch.hub("x"), scratch.view("x")]) assertMapped(path);
      assertPlain(source);
      writeFileSync(scratch.hub("x/new"), "written");
      assert.deepEqual(ownerOf(scratch.hub("x/new")), [0, 0]);
      assert.deepEqual(ownerOf(`${source}/new`), [1000, 1001]);
      chownSync(scratch.hub("x/new"), 100000, 100000);
      assert.deepEqual(ownerOf(`${source}/new`), [0, 0]);
    },
    { skip },
  );
}

mountTest(
  "an id that no mapping has can make nothing, and read-only stays read-only",
  async (scratch) => {
    const source = await owners(scratch);
    await bindInHub(scratch, "x", { source, attributes: ["idmap"], ...mappings([[1000, 2000, 10]]) });
    assert.throws(() => writeFileSync(scratch.hub("x/new"), ""), /EOVERFLOW|UNKNOWN/); // Deno knows no EOVERFLOW
    assert.equal(readdirSync(source).includes("new"), false);
    assert.deepEqual(ownerOf(scratch.hub("x/theirs")), [2000, 2001]);
    await bindInHub(scratch, "y", { source, attributes: ["ro", "idmap"], ...swapped });
    assert.throws(() => writeFileSync(scratch.hub("y/new"), ""), { code: "EROFS" });
    assertMapped(scratch.view("y"));
  },
  { skip },
);

mountTest(
  "a file may be idmapped alone",
  async (scratch) => {
    const source = `${await owners(scratch)}/theirs`;
    await bindInHub(scratch, "x", { source, attributes: ["idmap"], ...swapped });
    assert.deepEqual(ownerOf(scratch.view("x")), [0, 0]);
  },
  { skip },
);

for (const [kernel, way] of [
  ["", libc],
  [" on a kernel before 6.8", old],
] as const) {
  mountTest(
    `"idmap" is for the mount on top, "ridmap" for all${kernel}`,
    async (scratch) => {
      const source = await owners(scratch);
      const rows: readonly [attributes: string[], below: (directory: string) => void][] = [
        [["idmap"], assertPlain],
        [["idmap", "rnoexec", "nosuid"], assertPlain],
        [["ridmap"], assertMapped],
        [["ridmap", "nosuid"], assertMapped],
        [["ridmap", "idmap", "ro"], assertMapped],
      ];
      for (const [i, [attributes, below]] of rows.entries()) {
        await bindInHub(scratch, `x${i}`, { source, recursive: true, attributes, ...swapped }, way);
        for (const path of [scratch.hub(`x${i}`), scratch.view(`x${i}`)]) {
          assertMapped(path);
          below(`${path}/sub`);
        }
      }
      assertPlain(source);
      assertPlain(`${source}/sub`);
    },
    { skip },
  );
}

mountTest(
  "a filesystem that cannot be idmapped is refused, on top or below, and nothing is left",
  async (scratch) => {
    const source = await owners(scratch);
    const ramfs = scratch.directory("source/ramfs");
    mount("-t", "ramfs", "r", ramfs);
    for (const way of [libc, old]) {
      const top = await refusedBinding(
        scratch,
        "x",
        { source: ramfs, attributes: ["idmap"], ...swapped },
        way,
      );
      assert.match(
        top.message,
        /^mount_setattr: EINVAL \(the filesystem of the source cannot be idmapped\)$/,
      );
      const tree = { source, recursive: true, ...swapped };
      const below = await refusedBinding(scratch, "x", { ...tree, attributes: ["ridmap", "ro"] }, way);
      assert.match(below.message, /EINVAL \(the filesystem of the source, or of a mount below it, cannot be/);
      await bindInHub(scratch, "x", { ...tree, attributes: ["idmap"] }, way); // which leaves it alone
      unmount(scratch.hub("x"));
    }
  },
  { skip },
);

mountTest(
  "what is idmapped already is not idmapped again, on top or below",
  async (scratch) => {
    const source = await owners(scratch);
    const mapped = { source, attributes: ["idmap"], ...swapped };
    await bindInHub(scratch, "x", mapped);
    mount("--bind", scratch.hub("x"), scratch.directory("again"));
    mount("--bind", scratch.hub("x"), `${source}/sub`);
    for (const way of [libc, old]) {
      const again = { ...mapped, source: `${scratch.path}/again` };
      assert.match(
        (await refusedBinding(scratch, "y", again, way)).message,
        /EPERM .*none that is idmapped already/,
      );
      const tree = { ...mapped, recursive: true, attributes: ["ridmap"] };
      assert.equal((await refusedBinding(scratch, "y", tree, way)).code, "EPERM");
      await bindInHub(scratch, "y", { source: again.source }, way);
      assertMapped(scratch.view("y")); // as its source is
      unmount(scratch.hub("y"));
    }
  },
  { skip },
);

mountTest("mappings that are none are refused, and nothing is left", async (scratch) => {
  await scratch.share().prepare();
  const source = scratch.directory("source");
  const missing = /EINVAL \(idmap needs uidMappings and gidMappings\)/;
  const wrong = isMachineRoot ? /EINVAL \(the kernel takes at most 340 mappings/ : /EINVAL|EPERM/;
  const many = Array.from({ length: 341 }, (_, i): Row => [i, i, 1]);
  const rows: readonly [mappings: Partial<Mappings>, message: RegExp][] = [
    [{}, missing],
    [mappings([]), missing],
    [mappings([[0, 0, 1]], []), missing],
    [mappings([], [[0, 0, 1]]), missing],
    [mappings([[0, 0, 0]]), wrong],
    [mappings([[0, 0, 1]], [[0, 0, 0]]), wrong],
    [
      mappings([
        [0, 0, 5],
        [3, 10, 5],
      ]),
      wrong,
    ],
    [mappings([[0, 4294967295, 1]]), wrong],
    [mappings([[0, 4294967290, 10]]), wrong],
    [mappings(many), wrong],
  ];
  for (const [one, message] of rows) {
    const error = await refusedBinding(scratch, "x", { source, attributes: ["idmap"], ...one });
    assert.match(error.message, message);
  }
});

mountTest(
  "340 mappings are not too many",
  async (scratch) => {
    const source = await owners(scratch);
    const most = mappings(Array.from({ length: 340 }, (_, i): Row => [i, i + 100, 1]));
    await bindInHub(scratch, "x", { source, attributes: ["idmap"], ...most });
    assert.deepEqual(ownerOf(scratch.view("x/other")), [107, 107]);
    assert.equal(await bindInHub(scratch, "x", { source, attributes: ["idmap"], ...most }), false);
  },
  { skip },
);

mountTest(
  "a share that is there is the same one with the same mappings only, where the kernel tells them",
  async (scratch) => {
    const source = await owners(scratch);
    const mapped = { source, recursive: true, attributes: ["idmap"], ...swapped };
    const turned = {
      uidMappings: swapped.uidMappings.toReversed(),
      gidMappings: swapped.gidMappings.toReversed(),
    };
    await bindInHub(scratch, "x", mapped);
    await noChildren();
    const before = stateOf(scratch.hostDir);
    assert.equal(await bindInHub(scratch, "x", mapped), false);
    assert.equal(await bindInHub(scratch, "x", { ...mapped, ...turned }), false);
    await noChildren();
    assert.deepEqual(stateOf(scratch.hostDir), before);
    const others: Partial<Binding>[] = [
      { attributes: [] },
      { attributes: ["idmap", "ro"] },
      { attributes: ["ridmap"] },
      mappings([[1000, 0, 1]]),
      { uidMappings: swapped.gidMappings },
      { gidMappings: swapped.uidMappings },
    ];
    for (const other of others) {
      assert.equal((await refusedBinding(scratch, "x", { ...mapped, ...other })).code, "EEXIST");
    }
    assert.equal((await refusedBinding(scratch, "x", mapped, old)).code, "EEXIST");
    await bindInHub(scratch, "all", { ...mapped, attributes: ["ridmap"] });
    assert.equal(await bindInHub(scratch, "all", { ...mapped, attributes: ["ridmap"] }), false);
    await bindInHub(scratch, "plain", { source, recursive: true });
    assert.equal((await refusedBinding(scratch, "plain", mapped)).code, "EEXIST");
  },
  { skip },
);

// A directory with a program in place of util-linux's, which is the only one that is found.
async function withProgram(directory: string, body: () => Promise<void> | void): Promise<void> {
  const path = env.PATH;
  env.PATH = directory;
  try {
    await body();
  } finally {
    env.PATH = path;
  }
}

mountTest("without a program that makes a user namespace the reason says so", async (scratch) => {
  await scratch.share().prepare();
  const binding = { source: scratch.directory("source"), attributes: ["idmap"], ...swapped };
  const programs: readonly [name: string, content: string, message: RegExp][] = [
    ["none", "", /^execve: ENOENT \(idmap needs the program unshare of util-linux/],
    ["failing", "#!/bin/sh\nexit 1\n", /^unshare: EPERM \(unshare made no user namespace/],
    [
      "idle",
      "#!/bin/sh\nexec /bin/sleep 600\n",
      /^unshare: ETIMEDOUT \(there was no user namespace after 2000 ms/,
    ],
  ];
  for (const [name, content, message] of programs) {
    const directory = scratch.directory(name);
    if (content !== "") scratch.file(`${name}/unshare`, content, 0o755);
    await withProgram(directory, async () => {
      assert.match((await refusedBinding(scratch, "x", binding)).message, message);
    });
  }
  await noChildren();
});

mountTest(
  "30 idmapped shares, and a failure of each call, leave no descriptor and no process",
  async (scratch) => {
    const source = await owners(scratch);
    const mapped = { source, recursive: true, attributes: ["ridmap", "nosuid"], ...swapped };
    await bindInHub(scratch, "x", mapped);
    unmount(scratch.hub("x"));
    await noChildren();
    const before = [descriptors(), stateOf(scratch.hostDir)];
    for (let i = 0; i < 30; i++) {
      await bindInHub(scratch, "x", mapped);
      unmount(scratch.hub("x"));
    }
    let failures = 0;
    for (let at = 1; ; at++) {
      const way = faulty(libc, { at, errno: 12 });
      try {
        await bindInHub(scratch, "x", mapped, way);
        unmount(scratch.hub("x"));
        if (way.failed() === undefined) break;
      } catch {
        failures += 1;
        assert.equal(readdirSync(scratch.hub("")).join(), "x", `call ${at}: ${way.failed()}`);
      }
    }
    assert.ok(failures >= 15, `only ${failures} failures`);
    await noChildren();
    assert.deepEqual([descriptors(), stateOf(scratch.hostDir)], before);
  },
  { skip },
);
