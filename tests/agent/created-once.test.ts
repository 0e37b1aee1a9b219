import assert from "node:assert/strict";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import type { RuntimeAgent } from "../../ffi/agent/sandbox/runtime-agent.ts";
import { GuestSandboxError } from "../../ffi/agent/sandbox/sandbox-error.ts";
import { DirectoryShare } from "../support/agent/directory-share.ts";
import { sandboxTest } from "../support/agent/sandbox-place.ts";
import { rejection } from "../support/errors.ts";

// The agent deletes when it is asked to create a sandbox, through disks, too, which are no shares of the hub.

const id = "s1";

async function troubleOf(call: Promise<unknown>): Promise<string> {
  const error = await rejection(call);
  assert.ok(error instanceof GuestSandboxError, String(error));
  return error.trouble;
}

/** The agent, and how often it was asked to create a sandbox. */
function counted(
  agent: RuntimeAgent,
  changed: Partial<Record<keyof RuntimeAgent, () => Promise<never>>> = {},
): { readonly agent: RuntimeAgent; asked: number } {
  const count = { asked: 0, agent };
  count.agent = new Proxy(agent, {
    get(target, name: keyof RuntimeAgent) {
      if (name === "createSandbox") count.asked += 1;
      const call = changed[name] ?? target[name];
      return call.bind(target);
    },
  });
  return count;
}

const refuse = (code: string, reason: string) => async (): Promise<never> => {
  throw new AgentError({
    request: "getVolumeStats",
    ...{ trouble: "status", status: 7, sent: "all" },
    code,
    reason,
  });
};

sandboxTest("a sandbox that the host does not know any more is found by its agent", async (place) => {
  const first = await GuestSandbox.create(place.agent, place.share, { id });
  first.detach();
  const other = new DirectoryShare(place.share.viewPath);
  const again = counted(place.agent);
  assert.equal(await troubleOf(GuestSandbox.create(again.agent, other, { id })), "sandbox-exists");
  assert.equal(again.asked, 0);
});

for (const [why, code, reason] of [
  ["may not say so", "PERMISSION_DENIED", "GetVolumeStatsRequest is blocked by policy"],
  ["has no such call", "UNIMPLEMENTED", "/grpc.AgentService/GetVolumeStats is not supported"],
] as const) {
  sandboxTest(`a sandbox whose agent ${why} is created once, by the mark on the host`, async (place) => {
    const { agent } = counted(place.agent, { getVolumeStats: refuse(code, reason) });
    const first = await GuestSandbox.create(agent, place.share, { id });
    const again = counted(agent);
    assert.equal(await troubleOf(GuestSandbox.create(again.agent, place.share, { id })), "sandbox-exists");
    assert.equal(again.asked, 0);
    await first.destroy();
  });
}

sandboxTest("of two that create at once, one is told that the sandbox exists", async ({ agent, share }) => {
  const one = counted(agent);
  const [first, second] = await Promise.allSettled([
    GuestSandbox.create(one.agent, share, { id }),
    GuestSandbox.create(one.agent, share, { id }),
  ]);
  assert.deepEqual([first.status, second.status], ["fulfilled", "rejected"]);
  assert.equal(one.asked, 1);
});

sandboxTest(
  "an agent that was not reached can be asked again, one that was not",
  async ({ agent, share }) => {
    for (const [sent, expected] of [
      ["nothing", undefined],
      ["all", "sandbox-exists"],
    ] as const) {
      const gone = {
        request: "createSandbox",
        trouble: "connection",
        code: "UNAVAILABLE",
        reason: "gone",
      } as const;
      const failing = counted(agent, {
        createSandbox: async () => {
          throw new AgentError({ ...gone, sent });
        },
      });
      const error = await rejection(GuestSandbox.create(failing.agent, share, { id }));
      assert.ok(error instanceof AgentError && error.sent === sent, String(error));
      if (expected) assert.equal(await troubleOf(GuestSandbox.create(agent, share, { id })), expected);
    }
    await share.cleanup();
    await (await GuestSandbox.create(agent, share, { id })).destroy();
  },
);
