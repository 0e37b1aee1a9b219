import assert from "node:assert/strict";
import { NydusdError } from "../../ffi/nydusd/error.ts";
import type { NydusdOptions } from "../../ffi/nydusd/options.ts";
import { Nydusd } from "../../ffi/nydusd.ts";
import { rejection } from "../support/errors.ts";
import { NydusdServer } from "../support/sandbox/nydusd-server.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const mountpoint = "/rafs/c1/lowerdir";
const config = JSON.stringify({ version: 2 });

function image(scratch: Scratch): { mountpoint: string; source: string; config: string } {
  return { mountpoint, source: scratch.file("image.boot"), config };
}

/** A test with a server on "api.sock", which no connection may outlive. */
function nydusdTest(
  name: string,
  body: (nydusd: Nydusd, server: NydusdServer, scratch: Scratch) => Promise<void>,
): void {
  mountTest(name, async (scratch) => {
    const socketPath = `${scratch.path}/api.sock`;
    const server = await NydusdServer.start(socketPath);
    try {
      await body(new Nydusd({ socketPath }), server, scratch);
    } finally {
      server.die();
    }
  });
}

async function nydusdError(promise: Promise<unknown>): Promise<NydusdError> {
  const error = await rejection(promise);
  assert.ok(error instanceof NydusdError, String(error));
  return error;
}

nydusdTest("an image is mounted and unmounted, and again is no error", async (nydusd, server, scratch) => {
  assert.equal(await nydusd.state(), "RUNNING");
  assert.equal(await nydusd.mount(image(scratch)), true);
  assert.deepEqual(server.mounts.get(mountpoint), {
    ...{ fs_type: "rafs", source: `${scratch.path}/image.boot`, config },
  });
  assert.equal(await nydusd.mount(image(scratch)), false);
  assert.equal(await nydusd.umount(mountpoint), true);
  assert.equal(await nydusd.umount(mountpoint), false);
  assert.deepEqual(server.log, [
    "GET /api/v1/daemon",
    "GET /api/v1/daemon",
    `POST /api/v1/mount ${mountpoint}`,
    "GET /api/v1/daemon",
    `DELETE /api/v1/mount ${mountpoint}`,
    `DELETE /api/v1/mount ${mountpoint}`,
  ]);
});

nydusdTest("a daemon without a list of its mounts says it in words", async (nydusd, server, scratch) => {
  server.hasList = false;
  assert.equal(await nydusd.mount(image(scratch)), true);
  assert.equal(await nydusd.mount(image(scratch)), false);
  assert.equal(await nydusd.umount(mountpoint), true);
  assert.equal(await nydusd.umount(mountpoint), false);
});

nydusdTest("odd characters arrive as they are", async (nydusd, server, scratch) => {
  for (const odd of [
    "/a b",
    "/a+b",
    "/100%",
    "/a%2Fb",
    "/a&mountpoint=/b",
    "/a#b",
    "/a?b=c",
    "/\u00e9\u4e2d\u{1f600}",
  ]) {
    const directory = { mountpoint: odd, source: scratch.path, config: "" };
    assert.equal(await nydusd.mount(directory, "passthrough_fs"), true, odd);
    assert.deepEqual([...server.mounts.keys()], [odd]);
    assert.equal(await nydusd.mount(directory, "passthrough_fs"), false, odd);
    assert.equal(await nydusd.umount(odd), true, odd);
  }
});

nydusdTest(
  "a mountpoint that has two names, or is no image's, is not asked for",
  async (nydusd, server, scratch) => {
    for (const wrong of [
      "",
      "a",
      "/a/",
      "/a//b",
      "//",
      "/..",
      "/a/../b",
      "/a/.",
      "/./a",
      "/a\0",
      "/a\ud800",
    ]) {
      const directory = { mountpoint: wrong, source: scratch.path, config: "" };
      const calls = [() => nydusd.mount(directory, "passthrough_fs"), () => nydusd.umount(wrong)];
      for (const call of calls) {
        const { code, status, isAbsent } = await nydusdError(call());
        assert.deepEqual([code, status, isAbsent], ["EINVAL", 0, false], wrong);
      }
    }
    const elsewhere = await nydusdError(nydusd.mount({ ...image(scratch), mountpoint: "/containers" }));
    assert.equal(
      elsewhere.message,
      'Cannot mount "/containers" in nydusd: EINVAL (an image\'s place is "/rafs/<container id>/lowerdir")',
    );
    assert.deepEqual(server.log, []);
  },
);

nydusdTest(
  "a filesystem of the other type in the way is named, and stays",
  async (nydusd, server, scratch) => {
    server.mounts.set(mountpoint, { fs_type: "passthrough_fs", source: scratch.path, config: "" });
    const error = await nydusdError(nydusd.mount(image(scratch)));
    assert.equal(
      error.message,
      'Cannot mount "/rafs/c1/lowerdir" in nydusd: EBUSY (PassthroughFs is mounted there)',
    );
    assert.equal(server.mounts.size, 1);
  },
);

nydusdTest("what is mounted by another name stays", async (nydusd, server, scratch) => {
  server.mounts.set("/rafs/c1/./lowerdir", { fs_type: "rafs", source: scratch.path, config });
  const error = await nydusdError(nydusd.mount(image(scratch)));
  assert.equal(error.state, "EBUSY (something is mounted there by another name)");
  assert.equal(server.mounts.size, 1);
});

nydusdTest("nydusd's explanation is shown", async (nydusd, server, scratch) => {
  const error = await nydusdError(nydusd.mount({ ...image(scratch), config: "{" }));
  const { request, mountpoint: where, status, code, isAbsent } = error;
  assert.deepEqual([request, where, status, code, isAbsent], ["mount", mountpoint, 500, "UNDEFINED", false]);
  assert.equal(
    error.message,
    'Cannot mount "/rafs/c1/lowerdir" in nydusd: 500 UNDEFINED (Mount(MountFilesystem(Other("RAFS failed to handle ' +
      'request, Failed to load config: failed to parse configuration information`"))))',
  );
  assert.equal(server.mounts.size, 0);
});

nydusdTest("it is waited for, through all states", async (nydusd, server) => {
  server.states = ["INIT", "INIT", "READY", "RUNNING"];
  await nydusd.waitUntilRunning();
  assert.equal(server.log.length, 4);
});

mountTest("a socket that is not there yet is waited for", async (scratch) => {
  const socketPath = `${scratch.path}/late.sock`;
  const waiting = new Nydusd({ socketPath }).waitUntilRunning();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const server = await NydusdServer.start(socketPath);
  await waiting;
  server.die();
});

mountTest("waiting ends in time, with what was heard last", async (scratch) => {
  const socketPath = `${scratch.path}/api.sock`;
  const nydusd = new Nydusd({ socketPath, runningTimeoutMs: 150 });
  const none = await nydusdError(nydusd.waitUntilRunning());
  assert.equal(
    none.message,
    `Cannot wait for nydusd to run: ETIMEDOUT (not running after 150 ms: ENOENT (there is no socket "${socketPath}"))`,
  );
  assert.equal(none.isAbsent, true);

  const server = await NydusdServer.start(socketPath);
  server.states = ["INIT"];
  const never = await nydusdError(nydusd.waitUntilRunning());
  assert.equal(never.state, "ETIMEDOUT (not running after 150 ms: its state is INIT)");
  assert.equal(never.isAbsent, false);

  server.trouble.set("GET", { end: "stall" });
  const silent = await nydusdError(nydusd.waitUntilRunning());
  const [, askedFor] =
    silent.reason.match(/^not running after 150 ms: ETIMEDOUT \(no answer within (\d+) ms\)$/) ?? [];
  assert.ok(Number(askedFor) <= 150, silent.reason); // what is left of the whole time, not that of each request
  server.die();
});

mountTest("options that cannot be are refused at once", () => {
  for (const options of [
    { socketPath: "" },
    { socketPath: "api.sock" },
    { socketPath: "/a\0" },
    { socketPath: `/${"s".repeat(107)}` },
    { socketPath: "/s", timeoutMs: -1 },
    { socketPath: "/s", timeoutMs: Number.NaN },
    { socketPath: "/s", runningTimeoutMs: Number.POSITIVE_INFINITY },
    {} as NydusdOptions,
  ]) {
    assert.throws(() => new Nydusd(options), TypeError, JSON.stringify(options));
  }
});
