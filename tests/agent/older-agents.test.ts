import assert from "node:assert/strict";
import { GuestSandbox } from "../../ffi/agent/sandbox/guest-sandbox.ts";
import { agentTraits, statusOf } from "../support/agent/agent-traits.ts";
import { sandboxTest, textOf } from "../support/agent/sandbox-place.ts";

// Each agent that was asked in a virtual machine, by its traits.

for (const traits of agentTraits) {
  sandboxTest(
    `a container of an agent ${traits.version} is started, read to its end, and removed`,
    async ({ agent, share, bundle }) => {
      await using sandbox = await GuestSandbox.create(agent, share, { id: "s1" });
      const { container, config } = bundle("c1", "echo out; echo err >&2; exit 3");
      const { stdout, stderr, exited } = await sandbox.start(container, config);
      assert.deepEqual(await Promise.all([textOf(stdout), textOf(stderr), exited]), ["out\n", "err\n", 3]);
      await sandbox.remove(container);
      assert.deepEqual(await share.list(), []);
      const waiting = bundle("c2", "sleep 600");
      const process = await sandbox.start(waiting.container, waiting.config);
      assert.equal(process.id, "c2");
      await sandbox.remove(waiting.container);
      assert.equal(await process.exited, statusOf(traits, 9));
      await assert.rejects(sandbox.remove(waiting.container), { trouble: "no-container" });
    },
    traits,
  );

  sandboxTest(
    `what another process of an agent ${traits.version} started is found, and what is gone is unshared`,
    async ({ agent, share, bundle }) => {
      const sandbox = await GuestSandbox.create(agent, share, { id: "s1" });
      const { container, config } = bundle("c1", "sleep 600");
      await sandbox.start(container, config);
      sandbox.detach();
      const other = await GuestSandbox.attach(agent, share, { id: "s1" });
      await assert.rejects(other.start(container, config), { trouble: "container-exists" });
      await agent.removeContainer({ containerId: "c1" });
      await other.remove(container);
      assert.deepEqual(await share.list(), []);
      await other.destroy();
    },
    traits,
  );
}
