import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { kill } from "node:process";
import { nydusdArguments } from "../../ffi/nydusd/arguments.ts";
import { NydusdError } from "../../ffi/nydusd/error.ts";
import { Nydusd } from "../../ffi/nydusd.ts";
import { rejection } from "../support/errors.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { buildImage, hasVirtiofs, startDaemon, startWith } from "./daemon.ts";

const mountpoint = "/rafs/c1/lowerdir";

async function nydusdError(promise: Promise<unknown>): Promise<NydusdError> {
  const error = await rejection(promise);
  assert.ok(error instanceof NydusdError, String(error));
  return error;
}

/** A tree with files of several sizes, modes and kinds of names; its path. */
function makeTree(scratch: Scratch): string {
  scratch.file("tree/empty", "");
  scratch.file("tree/etc/secret", "secret", 0o600);
  scratch.file("tree/bin/su", "#!", 0o4755);
  scratch.file("tree/bin/large", "0123456789abcdef".repeat(200_000), 0o755);
  scratch.file("tree/\u00e9 \u4e2d/a+b%20", "odd");
  symlinkSync("../bin/su", `${scratch.path}/tree/etc/link`);
  linkSync(`${scratch.path}/tree/bin/su`, `${scratch.path}/tree/bin/sudo`);
  return `${scratch.path}/tree`;
}

/** A line for each file below a directory: its name, mode, owner, and what is in it. */
function linesOf(directory: string, name = ""): string[] {
  const path = join(directory, name);
  const entry = lstatSync(path);
  const line = [name, entry.mode.toString(8), entry.uid, entry.gid].join(" ");
  if (entry.isSymbolicLink()) return [`${line} -> ${readlinkSync(path)}`];
  if (entry.isFile()) return [`${line} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`];
  const names = readdirSync(path).sort();
  return [line, ...names.flatMap((inner) => linesOf(directory, join(name, inner)))];
}

for (const version of ["5", "6"] as const) {
  mountTest(`an image of version ${version} has the files that it was made of`, async (scratch) => {
    const tree = makeTree(scratch);
    const image = { mountpoint, ...buildImage(scratch, tree, version) };
    const { nydusd, at } = await startDaemon(scratch);
    assert.equal(await nydusd.state(), "RUNNING");
    assert.equal(await nydusd.mount(image), true);
    assert.deepEqual(linesOf(at(mountpoint)), linesOf(tree));
    assert.equal(await nydusd.mount(image), false);
    assert.equal(await nydusd.umount(mountpoint), true);
    assert.equal(await nydusd.umount(mountpoint), false);
    assert.equal(await nydusd.umount("/rafs/never/lowerdir"), false);
  });
}

mountTest("many images are mounted at once, each in its place", async (scratch) => {
  const image = buildImage(scratch, makeTree(scratch), "6");
  const { nydusd, at } = await startDaemon(scratch);
  const places = Array.from({ length: 20 }, (_, index) => `/rafs/c${index}/lowerdir`);
  const made = await Promise.all(places.map((place) => nydusd.mount({ mountpoint: place, ...image })));
  assert.ok(made.every((each) => each));
  for (const place of places) assert.equal(readFileSync(`${at(place)}/etc/secret`, "utf8"), "secret");
  const twice = await Promise.all(
    [0, 1, 2].map(() => nydusd.mount({ mountpoint: "/rafs/d/lowerdir", ...image })),
  );
  assert.deepEqual(twice.sort(), [false, false, true]);
});

mountTest("nydusd's explanations are shown", async (scratch) => {
  const image = { mountpoint, ...buildImage(scratch, makeTree(scratch), "6") };
  const { nydusd } = await startDaemon(scratch);
  for (const [wrong, state] of [
    [{ config: '{"x":1}' }, /^500 UNDEFINED \(Mount\(MountFilesystem\(Other\("RAFS .*[Cc]onfig/],
    [{ config: "" }, /^500 UNDEFINED \(/],
    [{ source: "/nothing" }, /^500 UNDEFINED \(.*No such file or directory/],
    [{ source: "/etc/passwd" }, /^500 UNDEFINED \(/],
    [{ config: " ".repeat(60_000) }, /^400 \(.*larger than the limit of 51200/],
    [{ config: " ".repeat(4_000_000) }, /^400 \(.*larger than the limit of 51200/],
    [{ mountpoint: `/rafs/${"a".repeat(2000)}/lowerdir` }, /^400 \(.*Invalid request/],
  ] as const) {
    const error = await nydusdError(nydusd.mount({ ...image, ...wrong }));
    assert.match(error.state, state);
    assert.equal(error.isAbsent, false);
  }
  assert.equal(await nydusd.mount(image), true);
});

mountTest("odd characters arrive as they are, and types are told apart", async (scratch) => {
  const source = scratch.directory("passed");
  scratch.file("passed/file");
  const { nydusd, at } = await startDaemon(scratch);
  for (const odd of [
    "/a b",
    "/a+b",
    "/100%",
    "/a%2Fb",
    "/a&mountpoint=b",
    "/a#b",
    "/a?b=c",
    "/\u00e9\u4e2d\u{1f600}",
  ]) {
    assert.equal(await nydusd.mount({ mountpoint: odd, source, config: "" }, "passthrough_fs"), true, odd);
    assert.ok(existsSync(at(odd)), odd);
    assert.equal(await nydusd.mount({ mountpoint: odd, source, config: "" }, "passthrough_fs"), false, odd);
    assert.equal(await nydusd.umount(odd), true, odd);
  }
  await nydusd.mount({ mountpoint, source, config: "" }, "passthrough_fs");
  const error = await nydusdError(nydusd.mount({ mountpoint, ...buildImage(scratch, source, "6") }));
  assert.equal(error.state, "EBUSY (PassthroughFs is mounted there)");
});

mountTest("a stopped daemon has its time, and a killed one is absent", async (scratch) => {
  const { nydusd, process } = await startDaemon(scratch, { timeoutMs: 300 });
  kill(process.pid, "SIGSTOP");
  const stopped = await nydusdError(nydusd.umount(mountpoint));
  assert.deepEqual([stopped.code, stopped.isAbsent], ["ETIMEDOUT", false]);
  const waiting = nydusdError(nydusd.umount(mountpoint));
  await new Promise((resolve) => setTimeout(resolve, 100)); // it is connected, and not answered
  await process.kill();
  const dying = await waiting;
  assert.deepEqual([dying.code, dying.isAbsent], ["ECONNRESET", true]);
  const dead = await nydusdError(nydusd.umount(mountpoint));
  assert.deepEqual([dead.code, dead.isAbsent], ["ECONNREFUSED", true]);
});

mountTest("a daemon that ended in order is absent", async (scratch) => {
  const { nydusd, process } = await startDaemon(scratch);
  kill(process.pid, "SIGTERM");
  await process.end();
  const ended = await nydusdError(nydusd.umount(mountpoint));
  assert.deepEqual([ended.code, ended.isAbsent], ["ENOENT", true]);
});

async function serveByVirtiofs(scratch: Scratch): Promise<void> {
  const apiSocketPath = `${scratch.path}/api.sock`;
  const sourcePath = scratch.directory("view");
  const start = { path: "/nydusd", apiSocketPath, socketPath: `${scratch.path}/vhost.sock`, sourcePath };
  startWith(...nydusdArguments(start));
  const nydusd = new Nydusd({ socketPath: apiSocketPath });
  await nydusd.waitUntilRunning();
  const view = { mountpoint: "/containers", source: sourcePath, config: "" };
  assert.equal(await nydusd.mount(view, "passthrough_fs"), true);
  assert.equal(await nydusd.mount({ mountpoint, ...buildImage(scratch, makeTree(scratch), "6") }), true);
  assert.equal(await nydusd.umount(mountpoint), true);
  assert.equal(await nydusd.mount(view, "passthrough_fs"), false);
}

mountTest("nydusdArguments() starts a virtio-fs daemon that takes images and the view", serveByVirtiofs, {
  skip: hasVirtiofs() ? false : "this nydusd was built without virtiofs",
});
