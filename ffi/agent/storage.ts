import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { AgentStorage, FsGroup } from "../../mod.ts";
import { FSGroupChangePolicy, type FSGroupSchema, StorageSchema } from "./generated/volume_pb.ts";

/**
 * A plan's storage as the agent's encoded message `grpc.Storage`. A runtime puts it into its requests to create a sandbox or a
 * container, as field 3 or 5.
 *
 * @example
 * ```ts
 * import { load } from "guestshare";
 * import { storageMessage } from "guestshare/agent";
 *
 * const core = await load();
 * const { storages } = core.plan({ op: "prepare", sandbox: { id: "s1" } });
 * for (const storage of storages) console.log(storage.driver, storageMessage(storage).length); // virtio-fs 74
 * ```
 */
export function storageMessage(storage: AgentStorage): Uint8Array {
  return toBinary(StorageSchema, create(StorageSchema, storageInit(storage)));
}

/** A plan's storage with the fields of the message. */
export function storageInit(storage: AgentStorage): MessageInitShape<typeof StorageSchema> {
  const { driver, driverOptions, source, fstype, options, mountPoint, fsGroup, shared } = storage;
  return {
    ...{ driver, source, fstype, mountPoint },
    ...{ driverOptions: [...driverOptions], options: [...options] },
    ...(fsGroup && { fsGroup: groupOf(fsGroup) }),
    ...(shared && { shared }),
  };
}

function groupOf({ groupId, groupChangePolicy }: FsGroup): MessageInitShape<typeof FSGroupSchema> {
  return { groupId, groupChangePolicy: FSGroupChangePolicy[groupChangePolicy] };
}
