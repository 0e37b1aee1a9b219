import assert from "node:assert/strict";
import { VolumeUsage_Unit } from "../../../../ffi/agent/generated/volume_pb.ts";
import { mount as mountWith } from "../../../support/mounts.ts";
import { inGuest } from "../guest-test.ts";
import { image } from "./image.ts";
import { refusal } from "./process-rows.ts";
import type { Row } from "./row.ts";

const PATH = "io.kubernetes.container.terminationMessagePath";

/** Rows about what the agent tells, and what it changes while a container runs. */
export const measureRows: readonly Row[] = [
  {
    what: "the agent measures itself, a volume and a container, and reads a container's last message",
    see: async ({ scratch, pod, agent, traits }) => {
      const rootFs = { target: image(scratch, "image", "last") };
      scratch.file("image/last/log", "");
      const source = scratch.file("log", "");
      const mounts = [{ destination: "/last/log", source, type: "bind", options: ["rbind", "rw"] }];
      await pod.start({ id: "c1", rootFs, mounts }, { annotations: { [PATH]: "/last/log" } });
      await pod.print("c1", "echo goodbye > /last/log");
      const log = agent.getDiagnosticData({ logType: "termination_log", containerId: "c1" });
      const { getDiagnosticData: unknown } = traits.lacks;
      const data = unknown ? await refusal(log) : (await log).data;
      assert.equal(data, unknown?.join(" ") ?? "goodbye\n");
      const { agentDetails } = await agent.getGuestDetails();
      assert.deepEqual([agentDetails?.initDaemon, agentDetails?.supportsSeccomp], [false, false]);
      const { usage, volumeCondition } = await agent.getVolumeStats({ volumeGuestPath: inGuest });
      const units = usage.map(({ unit }) => unit);
      assert.deepEqual(units, [VolumeUsage_Unit.BYTES, VolumeUsage_Unit.INODES]);
      assert.ok(usage.every(({ total, used, available }) => total > 0n && used + available <= total));
      const { cgroupStats } = await agent.statsContainer({ containerId: "c1" });
      assert.ok(cgroupStats?.memoryStats?.usage);
      return [data, units, volumeCondition?.message];
    },
  },
  {
    what: "memory of the guest that a container has gets another size while it runs",
    see: async ({ scratch, pod, agent, traits }) => {
      const source = scratch.directory("pods/p1/volumes/kubernetes.io~empty-dir/cache");
      mountWith("-t", "tmpfs", "volume", source);
      const rootFs = { target: image(scratch, "image", "cache") };
      const mounts = [{ destination: "/cache", source, type: "bind", options: ["rbind"] }];
      await pod.start({ id: "c1", rootFs, mounts });
      const mountPoint = "/run/kata-containers/sandbox/ephemeral/cache";
      const tmpfs = { driver: "ephemeral", source: "tmpfs", fstype: "tmpfs" };
      await agent.updateEphemeralMounts({
        storages: [{ ...tmpfs, mountPoint, options: ["remount", "size=1024k"] }],
      });
      const df = "df -k /cache | tail -n 1 | while read name size rest; do echo $size; done";
      const isResized = (await pod.print("c1", df)) === "1024";
      assert.equal(isResized, traits.resizesMemory);
      return isResized;
    },
  },
];
