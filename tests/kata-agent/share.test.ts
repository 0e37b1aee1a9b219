import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CopyResult } from "../../ffi/copy/ledger.ts";
import { FilesystemShare } from "../../ffi/mod.ts";
import { libc } from "../support/runtimes.ts";
import { agentTest } from "./support/agent-test.ts";

const random = ["0011223344556677", "8899aabbccddeeff"] as const;

agentTest("a container's volumes are copied where nothing is shared", async (place) => {
  mkdirSync(join(place.source, "config"));
  writeFileSync(join(place.source, "config/app.conf"), "greeting = hello\n");
  writeFileSync(join(place.source, "hosts"), "127.0.0.1 localhost\n");
  const bind = (source: string, destination: string) => ({
    ...{ destination, type: "bind", source: join(place.source, source), options: ["rbind", "ro"] },
  });
  const mounts = [bind("config", "/config"), bind("hosts", "/etc/hosts")];
  const container = { id: "c1", fstype: "ext4", blockDrive: { scsiAddr: "0:0" }, mounts };
  const results: CopyResult[] = [];
  const onCopied = (_: unknown, result: CopyResult) => results.push(result);
  const { agent } = place;
  const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent, onCopied });
  await share.shareContainer(container, { random });
  assert.deepEqual(
    results.map(({ entries, bytes, skipped, warnings }) => [entries, bytes, skipped, warnings]),
    [
      [2, 17, [], []],
      [1, 20, [], []],
    ],
  );
  const arrived = (name: string) => readFileSync(place.arrived(`c1-${name}`), "utf8");
  assert.equal(arrived(`${random[0]}-config/app.conf`), "greeting = hello\n");
  assert.equal(arrived(`${random[1]}-hosts`), "127.0.0.1 localhost\n");
  await share.unshareContainer(container);
});
