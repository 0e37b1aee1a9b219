import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, symlinkSync } from "node:fs";
import { withFacts } from "../../ffi/facts.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import type { Mount } from "../../ffi/mod.ts";
import { configMap } from "../support/bundles/whole-container.ts";
import { lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { mountTmpfs, mount as mountWith } from "../support/mounts.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { descriptors } from "../support/state.ts";

const ENOSYS = 38;
const ways = {
  "": libc,
  " on a kernel before 6.8": withoutUniqueIds(lacking(libc, { statmount: ENOSYS, open_tree_attr: ENOSYS })),
};

/** What the host sees of a source. */
function seen(
  source: string,
  { way = libc, ...rest }: Partial<Mount> & { way?: typeof libc; bundle?: string } = {},
) {
  const { bundle, ...mount } = rest;
  const asked = { destination: "/x", type: "bind", source, ...mount };
  const looked = withFacts(hostOf(way), { id: "c1", bundle, mounts: [asked] }, { limits: { timeoutMs: 0 } });
  assert.ok(!(looked instanceof Promise), "what is on this machine is seen at once");
  return looked.mounts?.[0]?.facts;
}

function mknod(path: string, ...what: string[]): string {
  execFileSync("mknod", [path, ...what]);
  return path;
}

for (const [when, way] of Object.entries(ways)) {
  mountTest(`each kind of source is seen for what it is${when}`, (scratch) => {
    const { path } = scratch;
    scratch.file("f");
    symlinkSync("f", `${path}/link`);
    symlinkSync("gone", `${path}/dangling`);
    symlinkSync("loop", `${path}/loop`);
    mknod(`${path}/fifo`, "p");
    execFileSync("python3", [
      "-c",
      "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
      `${path}/socket`,
    ]);
    const before = descriptors();
    const kinds = Object.entries({
      f: "file", ".": "directory", link: "file", fifo: "fifo", socket: "socket", gone: "missing", dangling: "missing",
      "f/below": "missing", "gone/below": "missing", loop: undefined, ["x".repeat(256)]: undefined,
    }); // biome-ignore format: one table
    for (const [name, kind] of kinds) assert.equal(seen(`${path}/${name}`, { way })?.kind, kind, name);
    assert.equal(seen("/dev/null", { way })?.kind, "char");
    assert.equal(descriptors(), before);
  });

  mountTest(`the filesystem of a source and the attributes of its mount are seen${when}`, (scratch) => {
    mountTmpfs(scratch.directory("t"), "nosuid,noexec,noatime");
    mountWith("-t", "ramfs", "ram", scratch.directory("r"));
    const facts = seen(scratch.file("t/f"), { way });
    assert.equal(facts?.filesystem, "tmpfs");
    assert.deepEqual([...(facts?.attributes ?? [])].sort(), ["noatime", "noexec", "nosuid"]);
    assert.equal(seen(`${scratch.path}/r`, { way })?.filesystem, "ramfs");
    mountWith("-o", "remount,bind,ro,nodev", `${scratch.path}/r`);
    assert.deepEqual([...(seen(`${scratch.path}/r`, { way })?.attributes ?? [])].sort(), ["nodev", "ro"]);
    assert.equal(facts?.filesystemOptions, undefined);
  });

  mountTest(`a source's group and identity are seen, the same by every name of it${when}`, (scratch) => {
    const file = scratch.file("f");
    symlinkSync("f", `${scratch.path}/link`);
    const facts = seen(file, { way });
    assert.match(facts?.identity ?? "", /^\d+:\d+:\d+$/);
    assert.equal(seen(`${scratch.path}/link`, { way })?.identity, facts?.identity);
    assert.equal(seen("f", { way, bundle: scratch.path })?.identity, facts?.identity);
    assert.notEqual(seen(scratch.file("g"), { way })?.identity, facts?.identity);
    chmodSync(file, 0o600);
    assert.equal(seen(file, { way })?.gid, 0);
  });
}

mountTest(
  "a block device is seen as one",
  (scratch) => {
    assert.equal(seen(mknod(`${scratch.path}/block`, "b", "7", "0"))?.kind, "block");
    chownSync(scratch.file("f"), 0, 1234);
    assert.equal(seen(`${scratch.path}/f`)?.gid, 1234);
  },
  { skip: isMachineRoot ? false : "only root of the machine may make a device; it would have been seen" },
);

mountTest(
  "the size of huge pages is seen, also without any",
  (scratch) => {
    mountWith("-t", "hugetlbfs", "-o", "pagesize=2M", "huge", scratch.directory("pages"));
    const facts = seen(`${scratch.path}/pages`);
    assert.deepEqual([facts?.filesystem, facts?.filesystemOptions], ["hugetlbfs", [`pagesize=${2 << 20}`]]);
  },
  {
    skip: isMachineRoot
      ? false
      : "only root of the machine may mount hugetlbfs; its page size would have been seen",
  },
);

function oddlyNamed(scratch: Scratch): string {
  const path = configMap(scratch, "odd", 0);
  execFileSync("python3", [
    "-c",
    `import os, sys
os.chdir(sys.argv[1])
for name in [b"\\xef\\xbb\\xbf", b"\\xef\\xbb\\xbfa", b"a", b"\\xff"]: open(name, "w")
os.mkdir(b"\\xfe")
open(b"\\xfe/\\xff", "w")`,
    path,
  ]);
  return path;
}

const volumes: readonly [what: string, files: number, make: (scratch: Scratch) => string][] = [
  ["a configmap of 3 files", 7, (scratch) => configMap(scratch, "three", 3)], // each twice, and ..data
  ["an empty configmap", 1, (scratch) => configMap(scratch, "none", 0)],
  ["one whose names no text has, or begin as a byte order mark does", 6, oddlyNamed], // and what is in a directory
  ["a configmap's file", 1, (scratch) => `${configMap(scratch, "one", 1)}/key0`],
];
for (const [what, files, make] of volumes) {
  mountTest(`the files of ${what} are counted`, (scratch) => {
    assert.equal(seen(make(scratch))?.files, files);
  });
}

mountTest(
  "beyond eight files nobody counts, and outside of the kubelet's volumes nobody does at all",
  (scratch) => {
    assert.ok((seen(configMap(scratch, "many", 200))?.files ?? 0) > 8);
    assert.equal(seen(scratch.directory("d"))?.files, undefined);
  },
);

mountTest("a relative source is looked at as a bind's is, whatever says that it is one", (scratch) => {
  scratch.file("own");
  const bundle = scratch.path;
  for (const mount of [
    { options: ["bind"], type: "x" },
    { options: ["rbind"], type: "none" },
    { type: "bind" },
  ])
    assert.equal(seen("own", { bundle, ...mount })?.kind, "file", JSON.stringify(mount));
  // The core takes these for binds too.
  for (const mount of [{ type: "none" }, { type: "" }, { type: undefined as unknown as string }])
    assert.equal(seen("own", { bundle, ...mount })?.kind, "file", JSON.stringify(mount));
  assert.equal(seen("own", { bundle, type: "tmpfs" }), undefined);
  assert.equal(seen("own"), undefined);
});
