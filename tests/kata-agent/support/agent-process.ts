import { connectAgent, type TtrpcAgent } from "../../../ffi/agent/ttrpc-agent.ts";
import { Child } from "../../support/child.ts";
import { shareDir } from "../../support/copy/place.ts";
import { agentPath } from "./agent-program.ts";

const own = [
  "-m",
  "--propagation",
  "private",
  "-p",
  "-f",
  "--kill-child",
  "--mount-proc",
  "-n",
  "-u",
  "-i",
  "-C",
];

// It may empty /run/kata-containers, and reads its options from the kernel's command line. As process 1 it would take itself
// for a guest's init, and switch the machine off in the end.
const script = `set -e
mount -t tmpfs run /run
mkdir -p "$SHARE"
mount --bind "$DIRECTORY" "$SHARE"
echo "agent.server_addr=unix://$SOCKET" >/run/cmdline
mount --bind /run/cmdline /proc/cmdline
"$AGENT" &
wait $!`;

/** A real agent that runs, and a connection to it. */
export interface RunningAgent {
  readonly agent: TtrpcAgent;
  readonly process: Child;
}

/** Starts an agent whose share directory is a directory of this machine. It ends with the test. */
export async function startAgent(directory: string, socketPath: string): Promise<RunningAgent> {
  const variables = Object.entries({
    AGENT: agentPath,
    DIRECTORY: directory,
    SHARE: shareDir,
    SOCKET: socketPath,
  });
  const assignments = variables.map(([name, value]) => `${name}=${value}`);
  const process = new Child(["unshare", ...own, "--", "env", ...assignments, "sh", "-c", script]);
  try {
    const agent = await connectAgent(`unix://${socketPath}`, { timeoutMs: 10_000, callTimeoutMs: 20_000 });
    return { agent, process };
  } catch (cause) {
    const { stdout, stderr } = await process.kill();
    throw new Error(`Cannot start ${JSON.stringify(agentPath)}: ${stderr}${stdout}`, { cause });
  }
}
