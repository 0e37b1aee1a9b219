import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { NotAtHand, openAtHand } from "../../ffi/linux/cached-source.ts";
import { hostOf } from "../../ffi/linux/host.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { counting, lacking, racing } from "../support/faults/wrapped-libc.ts";
import { mount, mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest } from "../support/scratch.ts";

/** Opens a path and closes it; "server" where one would have to be asked, else the code of what failed, or the calls made. */
function opened(path: string, way = libc): readonly string[] | string {
  const counted = counting(way);
  const { sys, table } = hostOf(counted);
  try {
    sys.close(openAtHand(sys, table, path));
    return counted.log;
  } catch (error) {
    return error instanceof NotAtHand ? "server" : (error as { code: string }).code;
  }
}

mountTest("a disk whose names are not cached is read at once, links and missing names too", (scratch) => {
  const image = scratch.file("image", "");
  execFileSync("truncate", ["-s", "16M", image]);
  execFileSync("mkfs.ext4", ["-q", image]);
  const disk = scratch.directory("disk");
  mount("-o", "loop", image, disk);
  mkdirSync(`${disk}/a/b`, { recursive: true });
  writeFileSync(`${disk}/a/b/file`, "");
  symlinkSync("b", `${disk}/a/link`);
  symlinkSync(`${disk}/a/link`, `${disk}/absolute`);
  symlinkSync("loop", `${disk}/loop`);
  symlinkSync("../a/link/../b/gone", `${disk}/a/dangling`);
  const rows = {
    "a/b/file": "opened",
    "a/link/file": "opened",
    "absolute/file": "opened",
    "a/../a/b/./file": "opened",
    "absolute/": "opened",
    "a/b/file/x": "ENOTDIR",
    "a/gone": "ENOENT",
    "a/dangling": "ENOENT",
    loop: "ELOOP",
  };
  for (const [name, end] of Object.entries(rows)) {
    unmount(disk);
    mount("-o", "loop", image, disk);
    const found = opened(`${disk}/${name}`);
    assert.equal(typeof found === "string" ? found : "opened", end, name);
  }
  const cached = opened(`${disk}/a/b/file`);
  assert.deepEqual(opened(`${disk}/a/b/file`), ["openat2", "close"], String(cached));
  unmount(disk);
});

mountTest("a server is not asked, whatever leads there", async (scratch) => {
  const server = await Fuse.mount(scratch, "fuse");
  symlinkSync(`${server.path}/file`, `${scratch.path}/link`);
  for (const path of [`${server.path}/file`, `${server.path}/gone`, `${scratch.path}/link`])
    assert.equal(opened(path), "server", path);
  assert.deepEqual(opened(server.path), ["openat2", "close"]); // the mount itself is the kernel's
  await server.die();
});

mountTest(
  "a name on this machine is read, however often something is renamed or mounted meanwhile",
  (scratch) => {
    const memory = scratch.directory("memory");
    mountTmpfs(memory);
    mountTmpfs(scratch.directory("memory/directory/inner"));
    scratch.file("memory/directory/inner/file");
    symlinkSync("../directory/inner/../inner/file", `${scratch.directory("memory/links")}/link`);
    for (const tries of [1, 2, 3, 4, 5, 1000])
      for (const name of [
        "",
        "/directory",
        "/directory/inner",
        "/directory/inner/file",
        "/links/link",
        "/gone",
      ])
        assert.equal(
          typeof opened(`${memory}${name}`, racing(libc, { tries })),
          name === "/gone" ? "string" : "object",
          `${tries} ${name}`,
        );
    assert.equal(opened(`${memory}/gone`, racing(libc, { tries: 1000 })), "ENOENT");
    unmount(`${memory}/directory/inner`);
    unmount(memory);
  },
);

mountTest(
  "what a server's names are cached for is not asked, though something is renamed or mounted meanwhile",
  async (scratch) => {
    const server = await Fuse.mount(scratch, "fuse", { cacheSeconds: 1000 });
    execFileSync("stat", [`${server.path}/file`]);
    server.hang();
    for (const tries of [0, 1, 2])
      assert.equal(typeof opened(`${server.path}/file`, racing(libc, { tries })), "object", `${tries}`);
    assert.equal(opened(server.path, racing(libc, { tries: 1000 })), "server");
    await server.die();
  },
);

mountTest("a link of proc leads to what it stands for, and not to its text", async (scratch) => {
  const server = await Fuse.mount(scratch, "fuse");
  const { sys } = hostOf(libc);
  const fd = sys.openPath(server.path);
  mountTmpfs(server.path);
  scratch.file("fuse/file");
  symlinkSync(`/proc/self/fd/${fd}`, `${scratch.path}/link`);
  for (const path of [`/proc/self/fd/${fd}/file`, `/dev/fd/${fd}/gone`, `${scratch.path}/link/file`])
    assert.equal(opened(path), "server", path);
  assert.equal(typeof opened(`/proc/self/fd/${fd}`), "object");
  assert.equal(typeof opened(`${server.path}/file`), "object");
  sys.close(fd);
  await server.die();
});

mountTest("a filter that does not know openat2 has sources opened as they were", (scratch) => {
  for (const errno of [38, 1]) {
    const found = opened(scratch.file("f"), lacking(libc, { openat2: errno }));
    assert.deepEqual(found, ["openat2", "openat", "close"]);
  }
});
