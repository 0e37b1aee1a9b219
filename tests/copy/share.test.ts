import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CopyResult } from "../../ffi/copy/ledger.ts";
import { FilesystemShare, StepError } from "../../ffi/mod.ts";
import { copyTest, shareDir } from "../support/copy/place.ts";
import { rejection } from "../support/errors.ts";
import { libc } from "../support/runtimes.ts";

const sandbox = { id: "s1", sharedFs: "none" } as const;
const random = "0011223344556677";

copyTest("a file that cannot be shared is copied by the agent", async (place) => {
  writeFileSync(join(place.source, "hosts"), "127.0.0.1 localhost\n");
  const mount = { source: join(place.source, "hosts"), destination: "/etc/hosts", options: ["ro"] };
  const results: CopyResult[] = [];
  await place.with({}, async (agent) => {
    const onCopied = (_: unknown, result: CopyResult) => results.push(result);
    const share = new FilesystemShare(sandbox, { libc, agent, onCopied });
    const shared = await share.shareFile({ id: "c1" }, mount, { random });
    assert.equal(shared?.guestPath, `${shareDir}/c1-${random}-hosts`);
    await share.unshareFile({ id: "c1" }, mount);
  });
  assert.equal(readFileSync(place.arrived(`c1-${random}-hosts`), "utf8"), "127.0.0.1 localhost\n");
  assert.deepEqual(results, [{ entries: 1, bytes: 20, skipped: [], warnings: [] }]);
});

copyTest("a container's volumes are copied, and its specification leads there", async (place) => {
  mkdirSync(join(place.source, "config"));
  writeFileSync(join(place.source, "config/app.conf"), "greeting = hello\n");
  const container = {
    id: "c1",
    fstype: "ext4",
    blockDrive: { scsiAddr: "0:0" },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      {
        destination: "/config",
        type: "bind",
        source: join(place.source, "config"),
        options: ["rbind", "ro"],
      },
    ],
  };
  await place.with({}, async (agent) => {
    const share = new FilesystemShare(sandbox, { libc, agent });
    const digits = ["0000000000000000", random];
    const { outcomes, mounts } = await share.shareContainer(container, { random: digits });
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["guest", "copied"],
    );
    assert.equal(mounts[1]?.source, `${shareDir}/c1-${random}-config`);
    await share.unshareContainer(container);
  });
  const arrived = join(place.arrived(`c1-${random}-config`), "app.conf");
  assert.equal(readFileSync(arrived, "utf8"), "greeting = hello\n");
});

copyTest("an option that is undefined is as if it were not given", async (place) => {
  const source = join(place.source, "f");
  writeFileSync(source, "x");
  const [timeoutMs, signal, none] = [] as unknown as [number | undefined, AbortSignal | undefined, undefined];
  const guestOptions = { generation: none, shareDir: none, onRequest: none };
  await place.with(guestOptions, async (agent) => {
    const copy = {
      window: none,
      windowBytes: none,
      sliceBytes: none,
      links: none,
      timeoutMs,
      onProgress: none,
    };
    const listeners = { onCopied: none, watch: none, onWatch: none, logger: none };
    const share = new FilesystemShare(sandbox, { libc, agent, copy, ...listeners, lockTimeoutMs: none });
    const options = { random: none, together: none, signal };
    assert.ok(await share.shareFile({ id: "c1" }, { source, destination: "/f" }, options));
    const container = { id: "c1", fstype: "ext4", blockDrive: { scsiAddr: "0:0" } };
    assert.ok(await share.shareContainer(container, { random: none, signal }));
    await share.cleanup({ revoke: none });
  });
});

copyTest("a listener that throws stops nothing, and the logger gets what it threw", async (place) => {
  const sources = ["a", "b"].map((name) => join(place.source, name));
  for (const source of sources) writeFileSync(source, source);
  const container = {
    ...{ id: "c1", fstype: "ext4", blockDrive: { scsiAddr: "0:0" } },
    mounts: sources.map((source) => ({ source, destination: source, type: "bind", options: ["rbind"] })),
  };
  const thrown: unknown[] = [];
  const logger = {
    debug: (fields: { error?: unknown }, message?: string) => {
      if (message === "a listener threw") thrown.push(fields.error);
    },
  };
  const bug = new Error("a bug");
  const onCopied = () => {
    throw bug;
  };
  await place.with({}, async (agent) => {
    const share = new FilesystemShare(sandbox, { libc, agent, logger, onCopied });
    const digits = ["0000000000000000", random];
    const { mounts } = await share.shareContainer(container, { random: digits });
    assert.equal(mounts.length, 2);
  });
  assert.deepEqual(thrown, [bug, bug]);
  assert.equal(readFileSync(place.arrived(`c1-${random}-b`), "utf8"), sources[1]);
});

copyTest("without an agent a copy is refused, and says so", async (place) => {
  const mount = { source: place.source, destination: "/d" };
  const error = await rejection(new FilesystemShare(sandbox, { libc }).shareFile({ id: "c1" }, mount));
  assert.ok(error instanceof StepError);
  assert.match(error.message, /there is no agent to copy to/);
});

copyTest("a file with a slash behind it is copied, as Kata does", async (place) => {
  const source = join(place.source, "f");
  writeFileSync(source, "x");
  await place.with({}, async (agent) => {
    const share = new FilesystemShare(sandbox, { libc, agent });
    await share.shareFile({ id: "c1" }, { source: `${source}/`, destination: "/f" }, { random });
    assert.equal(readFileSync(place.arrived(`c1-${random}-f`), "utf8"), "x");
  });
});
