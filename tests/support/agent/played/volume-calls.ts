import type { AgentService } from "../../../../ffi/agent/generated/agent_pb.ts";
import { VolumeUsage_Unit } from "../../../../ffi/agent/generated/volume_pb.ts";
import { TtrpcRefusal } from "../../../../ffi/ttrpc/refusal.ts";
import type { TtrpcHandlers } from "../../../../ffi/ttrpc/services.ts";
import { storageOf } from "./messages.ts";
import type { PlayedSandbox } from "./played-sandbox.ts";

/** The calls about files and volumes. */
export function volumeCalls({ machine, traits }: PlayedSandbox): TtrpcHandlers<typeof AgentService> {
  return {
    copyFile: async (request) => {
      await machine.copyFile(request, traits.copies);
      return {};
    },
    updateEphemeralMounts: async ({ storages }) => {
      const other = storages.find(({ driver }) => driver !== "ephemeral");
      const remounted = traits.resizesMemory && !other ? storages : [];
      for (const storage of remounted) await machine.remount(storageOf(storage));
      if (!other) return {};
      const why = `Unsupported storage type for syncing mounts ${other.driver}. Only ephemeral storage update is supported`;
      // The words of an error, quoted as a text in a program is.
      throw new TtrpcRefusal(
        "INTERNAL",
        `"Failed to update mounts: ${why}\\n\\nStack backtrace:\\n   0: ..."`,
      );
    },
    getVolumeStats: async ({ volumeGuestPath }) => {
      const [bytes, inodes] = await machine.room(volumeGuestPath);
      const usage = [
        { ...used(bytes), unit: VolumeUsage_Unit.BYTES },
        { ...used(inodes), unit: VolumeUsage_Unit.INODES },
      ];
      return { usage, volumeCondition: { abnormal: false, message: "OK" } };
    },
  };
}

function used({ total, available }: { total: bigint; available: bigint } = { total: 0n, available: 0n }) {
  return { total, available, used: total - available };
}
