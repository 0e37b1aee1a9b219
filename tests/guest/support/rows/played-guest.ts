import { PlayedAgent } from "../../../support/agent/played/played-agent.ts";
import { Guest } from "../guest.ts";
import { GuestMachine } from "../guest-machine.ts";
import type { AgentBoot } from "./run-row.ts";

// Terminals, and groups of processes whose memory is limited.
const start = `mkdir /dev/pts && mount -t devpts devpts /dev/pts
mount -t cgroup2 cgroup2 /sys/fs/cgroup && echo +memory >/sys/fs/cgroup/cgroup.subtree_control`;

/** A guest whose agent is played here. */
export const playedGuest: AgentBoot = async (scratch, hardware, traits) => {
  const guest = await Guest.boot(scratch.directory("machine"), { memoryMiB: 512, ...hardware });
  await guest.run("busybox", "--install", "-s", "/bin");
  await guest.run("sh", "-c", start);
  const agent = await PlayedAgent.start(
    `${scratch.path}/agent.sock`,
    new GuestMachine(guest, traits),
    traits,
  );
  const end = async () => {
    await agent[Symbol.asyncDispose]();
    await guest.end();
  };
  return { guest, address: agent.address, ready: async () => {}, told: async () => "", end };
};
