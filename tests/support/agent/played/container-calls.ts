import { create } from "@bufbuild/protobuf";
import type { AgentService } from "../../../../ffi/agent/generated/agent_pb.ts";
import { type Process, ProcessSchema, type Spec } from "../../../../ffi/agent/generated/oci_pb.ts";
import { TtrpcRefusal } from "../../../../ffi/ttrpc/refusal.ts";
import type { TtrpcHandlers } from "../../../../ffi/ttrpc/services.ts";
import { storageOf } from "./messages.ts";
import { devicesPlaceOf, hangsAtStart } from "./mount-rules.ts";
import { PlayedProcess } from "./played-process.ts";
import type { PlayedContainer, PlayedSandbox } from "./played-sandbox.ts";
import { internal, never } from "./refuse.ts";
import { checkId, checkSpec } from "./spec-rules.ts";

type Calls = TtrpcHandlers<typeof AgentService>;

/** The calls about a container. */
export function containerCalls(sandbox: PlayedSandbox): Calls {
  return {
    createContainer: ({ containerId, oci, storages: messages }) =>
      sandbox.turns.take(async () => {
        checkId(containerId);
        if (!oci) throw internal("EINVAL: Invalid argument");
        const storages = messages.map(storageOf);
        await sandbox.storages.add(storages);
        const container = { id: containerId, spec: oci, storages, processes: new Map(), all: [] };
        await createIn(sandbox, container);
        return {};
      }),
    startContainer: ({ containerId }) =>
      sandbox.turns.take(async () => {
        const container = sandbox.container(containerId);
        if (hangsAtStart(container.spec)) return never;
        const first = container.processes.get(containerId);
        if (!first || first.isStarted) throw internal("ENOENT: No such file or directory");
        await sandbox.begin(containerId, first);
        return {};
      }),
    removeContainer: ({ containerId }) =>
      sandbox.turns.take(async () => {
        await sandbox.remove(sandbox.container(containerId));
        return {};
      }),
    statsContainer: async ({ containerId }) => {
      const container = sandbox.containers.get(containerId);
      if (!container) throw new TtrpcRefusal("INVALID_ARGUMENT", '"invalid container id"');
      const current = BigInt(container.processes.size);
      return {
        cgroupStats: { cpuStats: { cpuUsage: {} }, memoryStats: { usage: {} }, pidsStats: { current } },
      };
    },
  };
}

// Whatever fails here lets go of the container of this id, also of one that was there before.
async function createIn(sandbox: PlayedSandbox, container: PlayedContainer): Promise<void> {
  const { id, spec } = container;
  const earlier = sandbox.containers.get(id);
  try {
    if (earlier) throw internal("exec fifo exists");
    if (!spec.root) throw internal("EINVAL: Invalid argument");
    checkSpec(spec, sandbox.traits);
    await enter(sandbox, container);
    const process = processOf(spec);
    const [program = ""] = process.args;
    if (!(await sandbox.machine.has(id, program))) throw internal(`the file ${program} was not found`);
    const first = new PlayedProcess(process, { isFirst: true });
    container.processes.set(id, first);
    container.all.push(first);
  } catch (error) {
    await sandbox.remove(earlier ?? container);
    throw error;
  }
  sandbox.containers.set(id, container);
}

async function enter(sandbox: PlayedSandbox, { id, spec }: PlayedContainer): Promise<void> {
  const place = devicesPlaceOf(spec);
  if (place !== undefined) {
    if (sandbox.placesWithDevices.has(place)) throw internal("EEXIST: File exists (os error 17)");
    sandbox.placesWithDevices.add(place);
  }
  await sandbox.machine.enter(id, spec);
}

/** The container's first process: without arguments it is a shell, which waits for its input. */
function processOf({ process }: Spec): Process {
  const given = process ?? create(ProcessSchema);
  return given.args.length > 0 ? given : create(ProcessSchema, { ...given, args: ["sh"] });
}
