import type { AgentService } from "../../../../ffi/agent/generated/agent_pb.ts";
import { TtrpcRefusal } from "../../../../ffi/ttrpc/refusal.ts";
import type { TtrpcHandlers } from "../../../../ffi/ttrpc/services.ts";
import { storageOf } from "./messages.ts";
import type { PlayedSandbox } from "./played-sandbox.ts";
import { caused, internal } from "./refuse.ts";

type Calls = TtrpcHandlers<typeof AgentService>;
const LONGEST_LOG = 4096;

/** The calls about the sandbox as a whole. `end` is called once it is destroyed. */
export function sandboxCalls(sandbox: PlayedSandbox, end: () => void): Calls {
  return {
    // It deletes before it looks whether it can make a sandbox.
    createSandbox: (request) =>
      sandbox.turns.take(async () => {
        await sandbox.machine.clear();
        if (request.sandboxId !== "") sandbox.id = request.sandboxId;
        if (sandbox.hasNamespaces)
          throw caused("setup persistent IPC namespace", "Operation not permitted (os error 1)");
        sandbox.hasNamespaces = true;
        await sandbox.storages.add(request.storages.map(storageOf));
        return {};
      }),
    destroySandbox: () =>
      sandbox.turns.take(async () => {
        for (const container of [...sandbox.containers.values()]) await sandbox.remove(container);
        sandbox.outOfMemory.end();
        end();
        return {};
      }),
    getGuestDetails: ({ memBlockSize }) => ({
      memBlockSizeBytes: memBlockSize ? 128n << 20n : 0n,
      agentDetails: { version: sandbox.traits.version, storageHandlers: handlers, supportsSeccomp: false },
    }),
    getOOMEvent: async () => {
      const bytes = await sandbox.outOfMemory.read(Number.MAX_SAFE_INTEGER);
      if (bytes.length === 0) throw new TtrpcRefusal("INTERNAL", '""');
      return { containerId: new TextDecoder().decode(bytes) };
    },
    onlineCPUMem: () => sandbox.turns.take(async () => ({})),
    removeStaleVirtiofsShareMounts: () => ({}),
    getDiagnosticData: async ({ logType, containerId }) => {
      if (logType !== "termination_log")
        throw new TtrpcRefusal("INVALID_ARGUMENT", `"unsupported diagnostic log_type: ${logType}"`);
      return { data: await terminationLog(sandbox, containerId) };
    },
  };
}

const handlers = [
  "blk",
  "ephemeral",
  "local",
  "mmioblk",
  "nvdimm",
  "overlayfs",
  "scsi",
  "virtio-fs",
  "watchable-bind",
];

async function terminationLog(sandbox: PlayedSandbox, id: string): Promise<string> {
  const container = sandbox.containers.get(id);
  if (!container) throw internal(`Invalid container id: ${id}`);
  const { annotations, mounts } = container.spec;
  const path = annotations["io.kubernetes.container.terminationMessagePath"];
  if (path === undefined) throw internal("No terminationMessagePath annotation");
  const mount = mounts.find(({ destination }) => destination === path);
  if (!mount) throw internal(`termination message mount not found for ${path}`);
  const bytes = (await sandbox.machine.read(mount.source)) ?? new Uint8Array();
  return new TextDecoder().decode(bytes.subarray(0, LONGEST_LOG));
}
