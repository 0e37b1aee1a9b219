import type { AgentService } from "../../../../ffi/agent/generated/agent_pb.ts";
import { TtrpcRefusal } from "../../../../ffi/ttrpc/refusal.ts";
import type { TtrpcHandlers } from "../../../../ffi/ttrpc/services.ts";
import { PlayedProcess } from "./played-process.ts";
import { killAll, type PlayedSandbox } from "./played-sandbox.ts";
import { internal, missing } from "./refuse.ts";
import { refusesMore } from "./spec-rules.ts";

type Calls = TtrpcHandlers<typeof AgentService>;

const SIGKILL = 9;
const SIGTERM = 15;
const SIGNALED = 128;

/** The calls that start, signal and end a process. */
export function processCalls(sandbox: PlayedSandbox): Calls {
  return {
    execProcess: ({ containerId, execId, process }) =>
      sandbox.turns.take(async () => {
        if (!process) throw internal("Unable to parse process from ExecProcessRequest");
        const container = sandbox.container(containerId);
        if (container.processes.has(execId)) throw internal(`exec_id '${execId}' already exists`);
        if (refusesMore(container.spec)) throw internal("failed to join pidns Caused by: EINVAL");
        // Linux makes no process in a PID namespace whose first one is gone.
        if (container.all.some(({ isFirst, hasEnded }) => isFirst && hasEnded))
          throw internal(sandbox.traits.afterEnd);
        const [program = ""] = process.args;
        if (!(await sandbox.machine.has(containerId, program)))
          throw internal(`the file ${program} was not found`);
        const more = new PlayedProcess(process, { isFirst: false });
        container.processes.set(execId, more);
        container.all.push(more);
        await sandbox.begin(containerId, more);
        return {};
      }),
    signalProcess: ({ containerId, execId, signal }) =>
      sandbox.turns.take(async () => {
        await signalIn(sandbox, { containerId, execId, signal });
        return {};
      }),
    waitProcess: async ({ containerId, execId }) => {
      const process = sandbox.process(containerId, execId);
      const status = await process.exited;
      // Whatever its output still has is lost from now on.
      sandbox.containers.get(containerId)?.processes.delete(execId === "" ? containerId : execId);
      const { killed } = sandbox.traits;
      return { status: killed === "the signal" && status > SIGNALED ? status - SIGNALED : status };
    },
  };
}

async function signalIn(
  sandbox: PlayedSandbox,
  { containerId, execId, signal }: { containerId: string; execId: string; signal: number },
): Promise<void> {
  if (execId === "" && signal === SIGKILL) {
    const container = sandbox.containers.get(containerId);
    if (!container) throw missing(sandbox.traits, "container", containerId, "killAll");
    return killAll(container);
  }
  const process = sandbox.process(containerId, execId);
  if (!process.isStarted) return;
  const running = await process.running;
  // A container's first program gets no signal that it does not handle.
  const isIgnored = process.isFirst && signal === SIGTERM && !(await running.handles(SIGTERM));
  await running.signal(isIgnored ? SIGKILL : signal);
}

/** The calls of its streams. */
export function streamCalls(sandbox: PlayedSandbox): Calls {
  return {
    // Without data it is the end.
    writeStdin: async ({ containerId, execId, data }) => {
      const running = await sandbox.process(containerId, execId, "writeStdin").running;
      if (data.length === 0) await running.closeStdin();
      else await running.write(data);
      return { len: data.length };
    },
    closeStdin: async ({ containerId, execId }) => {
      await (await sandbox.process(containerId, execId, "closeStdin").running).closeStdin();
      return {};
    },
    readStdout: (request) => read(sandbox, request, "stdout"),
    readStderr: (request) => read(sandbox, request, "stderr"),
    ttyWinResize: async ({ containerId, execId, row, column }) => {
      const process = sandbox.process(containerId, execId, "ttyWinResize");
      if (!process.process.terminal) throw new TtrpcRefusal("UNAVAILABLE", '"no tty"');
      await (await process.running).resize(row, column);
      return {};
    },
  };
}

async function read(
  sandbox: PlayedSandbox,
  { containerId, execId, len }: { containerId: string; execId: string; len: number },
  name: "stdout" | "stderr",
): Promise<{ data: Uint8Array }> {
  const data = await sandbox.process(containerId, execId).read(name, len);
  const { endOfOutput } = sandbox.traits;
  if (data.length === 0 && endOfOutput !== "no data") throw internal(endOfOutput);
  return { data };
}
