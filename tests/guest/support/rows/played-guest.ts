import { PlayedAgent } from "../../../support/agent/played/played-agent.ts";
import { Guest } from "../guest.ts";
import { GuestMachine } from "../guest-machine.ts";
import type { AgentBoot } from "./run-row.ts";

/** A guest whose agent is played here. */
export const playedGuest: AgentBoot = async (scratch, hardware) => {
  const guest = await Guest.boot(scratch.directory("machine"), hardware);
  await guest.run("busybox", "--install", "-s", "/bin");
  const agent = await PlayedAgent.start(`${scratch.path}/agent.sock`, new GuestMachine(guest));
  const end = async () => {
    await agent[Symbol.asyncDispose]();
    await guest.end();
  };
  return { guest, address: agent.address, ready: async () => {}, told: async () => "", end };
};
