import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { EmbeddedGuest, EmbeddedGuestError, type EmbeddedGuestOptions } from "../../ffi/mod.ts";
import { type CopyPlace, copyTest, shareDir } from "../support/copy/place.ts";
import { rejection } from "../support/errors.ts";
import { copyFrame, RawClient } from "../support/ttrpc/raw-client.ts";
import { until } from "../support/ttrpc/served.ts";

// What is wrong, and with which path.
type Row = readonly [what: string, code: string, make: (place: CopyPlace) => [string, string], path: 0 | 1];
const rows: readonly Row[] = [
  ["a directory that is missing", "ENOENT", ({ path }) => [join(path, "none"), join(path, "s")], 0],
  [
    "a file as its directory",
    "ENOTDIR",
    ({ path }) => {
      writeFileSync(join(path, "file"), "");
      return [join(path, "file"), join(path, "s")];
    },
    0,
  ],
  ["a directory with a NUL", "EINVAL", ({ path }) => [`${path}/\0`, join(path, "s")], 0],
  [
    "a socket's path that is a file's",
    "EADDRINUSE",
    ({ path, guestDirectory }) => {
      writeFileSync(join(path, "s"), "");
      return [guestDirectory, join(path, "s")];
    },
    1,
  ],
  [
    "a socket's path of 108 bytes",
    "ENAMETOOLONG",
    ({ path, guestDirectory }) => [guestDirectory, `${path}/${"s".repeat(107 - path.length)}`],
    1,
  ],
  ["a relative socket's path", "EINVAL", ({ guestDirectory }) => [guestDirectory, "agent.sock"], 1],
  ["a socket's path with a NUL", "EINVAL", ({ path, guestDirectory }) => [guestDirectory, `${path}/a\0b`], 1],
];

for (const [what, code, make, which] of rows)
  copyTest(`a guest with ${what} is refused with ${code}`, async (place) => {
    const given = make(place);
    const error = await rejection(EmbeddedGuest.serve(...given));
    assert.ok(error instanceof EmbeddedGuestError, String(error));
    assert.deepEqual([error.code, error.path], [code, given[which]]);
    assert.match(error.message, /^Cannot serve a guest (?:in|on) ".*": E[A-Z]+ \(.+\)$/);
  });

copyTest("a guest whose socket's directory is missing is refused", async ({ path, guestDirectory }) => {
  const error = await rejection(EmbeddedGuest.serve(guestDirectory, join(path, "none/s")));
  assert.ok(error instanceof EmbeddedGuestError, String(error));
  assert.match(error.reason, /^its directory is missing/);
});

copyTest("a second guest on one socket is refused, and the first one serves on", async (place) => {
  const socket = join(place.path, "s");
  const first = await EmbeddedGuest.serve(place.guestDirectory, socket);
  const error = await rejection(EmbeddedGuest.serve(place.guestDirectory, socket));
  assert.equal((error as EmbeddedGuestError).code, "EADDRINUSE");
  const agent = await connectAgent(first.address, { timeoutMs: 60_000 });
  await agent.close();
  await first.close();
});

copyTest("a socket's path of 107 bytes is taken, and is gone after closing", async (place) => {
  const socket = `${place.path}/${"s".repeat(106 - place.path.length)}`;
  const guest = await EmbeddedGuest.serve(place.guestDirectory, socket);
  assert.equal(guest.address, `unix://${socket}`);
  const agent = await connectAgent(guest.address, { timeoutMs: 60_000 });
  await agent.close();
  assert.equal(existsSync(socket), true);
  await guest.close();
  assert.equal(existsSync(socket), false);
  await (await EmbeddedGuest.serve(place.guestDirectory, socket)).close();
});

copyTest("options that cannot be are refused before anything is there", async ({ path, guestDirectory }) => {
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ generation: "5.0" }, /^generation has to be one of "CC-0.2.0", "3.3", "3.18", "4.0", not "5.0"$/],
    [{ shareDir: "relative" }, /^shareDir has to be/],
    [{ shareDir: "/a/../b" }, /^shareDir has to be/],
    [{ onRequest: {} }, /^onRequest has to be a function$/],
  ];
  for (const [options, message] of wrong) {
    const serving = EmbeddedGuest.serve(guestDirectory, join(path, "s"), options as EmbeddedGuestOptions);
    await assert.rejects(serving, { name: "TypeError", message });
  }
  assert.equal(existsSync(join(path, "s")), false);
});

copyTest("another shareDir is another path for the same directory", (place) =>
  place.with({ shareDir: "/elsewhere/" }, async (_, guest) => {
    const client = await RawClient.of(guest.address);
    client.send(copyFrame(1, { path: "/elsewhere/f" }), copyFrame(3, { path: `${shareDir}/f` }));
    assert.deepEqual([(await client.answer(1)).code, (await client.answer(3)).code], [0, 13]);
    assert.deepEqual(readdirSync(place.guestDirectory), ["f"]);
    client.socket.destroy();
  }),
);

copyTest("a guest that is closed does nothing more of what was asked", async (place) => {
  let goOn = () => {};
  const waiting = new Promise<undefined>((resolve) => {
    goOn = () => resolve(undefined);
  });
  const onRequest = () => waiting;
  const guest = await EmbeddedGuest.serve(place.guestDirectory, join(place.path, "s"), { onRequest });
  const client = await RawClient.of(guest.address);
  client.send(copyFrame(1, { path: `${shareDir}/f` }));
  await until(() => guest.requests === 1);
  await Promise.all([guest.close(), guest.close()]);
  await until(() => client.isClosed);
  // Whoever gets the number of the descriptor next must not get the file.
  mkdirSync(join(place.path, "next"));
  const next = await EmbeddedGuest.serve(join(place.path, "next"), join(place.path, "s"));
  goOn();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([readdirSync(place.guestDirectory), readdirSync(join(place.path, "next"))], [[], []]);
  await guest.close();
  const other = await RawClient.of(next.address);
  other.send(copyFrame(1, { path: `${shareDir}/f` }));
  assert.equal((await other.answer(1)).code, 0);
  assert.deepEqual(readdirSync(join(place.path, "next")), ["f"]);
  other.socket.destroy();
  await next[Symbol.asyncDispose]();
});
