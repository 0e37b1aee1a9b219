import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { getgid, getuid } from "node:process";
import type { Agent } from "../../ffi/agent/agent.ts";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { connectAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { EmbeddedGuest } from "../../ffi/mod.ts";
import { rejection } from "../support/errors.ts";
import { mount, unmount } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

const path = "/run/kata-containers/shared/containers/c1";

mountTest("an embedded guest never empties what is mounted in its directory", async (scratch) => {
  const target = scratch.directory("guest/c1/volume");
  const guest = await EmbeddedGuest.serve(join(scratch.path, "guest"), join(scratch.path, "agent.sock"));
  const agent = await connectAgent(guest.address, { timeoutMs: 60_000 });
  try {
    await replace(agent, scratch, target);
  } finally {
    await agent.close();
    await guest.close();
  }
});

async function replace(agent: Agent, scratch: Scratch, target: string): Promise<void> {
  const kept = scratch.file("precious/deep/file", "kept");
  mount("--bind", scratch.directory("precious"), target);
  const ids = { uid: getuid?.() ?? 0, gid: getgid?.() ?? 0 };
  const file = { path, fileSize: 0, fileMode: 0o100644, dirMode: 0o750, ...ids, offset: 0 };
  const error = await rejection(agent.copyFile({ ...file, data: new Uint8Array() }));
  assert.ok(error instanceof AgentError);
  assert.match(error.reason, /^EBUSY: /);
  assert.equal(readFileSync(kept, "utf8"), "kept");
  unmount(target);
  await agent.copyFile({ ...file, data: new Uint8Array() }); // nothing is mounted there any more
  assert.ok(statSync(join(scratch.path, "guest/c1")).isFile());
  assert.equal(readFileSync(kept, "utf8"), "kept");
}
