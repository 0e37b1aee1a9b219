/**
 * Runs the rows of the guest's agent with a real agent of Kata's in a virtual machine, and compares it with the played one:
 * `npm run test:agent-vm`, as root, with the absolute paths of a kata-agent in GUESTSHARE_KATA_AGENT and of a
 * vhost-device-vsock in GUESTSHARE_VHOST_DEVICE_VSOCK. The agent may be dynamic: its libraries are taken from this machine.
 */
import { argv } from "node:process";
import { missing } from "../guest/support/needs.ts";
import { lackingPrograms, runInNamespaces } from "../support/runner/real-program.ts";

const variables = ["GUESTSHARE_KATA_AGENT", "GUESTSHARE_VHOST_DEVICE_VSOCK"];

function main(words: readonly string[]): number {
  const what = lackingPrograms(variables) || missing();
  if (what === "") return runInNamespaces("agent-vm", words) ? 0 : 1;
  console.log(`FAILED: cannot test with a real kata-agent in a machine: ${what}`);
  return 1;
}

process.exitCode = main(argv.slice(2));
