import { FSGroupChangePolicy, type Storage } from "../../../../ffi/agent/generated/volume_pb.ts";
import type { AgentStorage } from "../../../../ffi/mod.ts";

/** A storage of a message as a plan has it. */
export function storageOf(message: Storage): AgentStorage {
  const { driver, driverOptions, source, fstype, options, mountPoint, fsGroup, shared } = message;
  const policy = fsGroup?.groupChangePolicy === FSGroupChangePolicy.Always ? "Always" : "OnRootMismatch";
  return {
    ...{ driver, driverOptions, source, fstype, options, mountPoint, ...(shared && { shared }) },
    ...(fsGroup && { fsGroup: { groupId: fsGroup.groupId, groupChangePolicy: policy } }),
  };
}
