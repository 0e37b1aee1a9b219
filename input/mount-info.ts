import type { Mount } from "../wasm/types.ts";
import { booleanOf, uint32Of } from "./go-text.ts";
import { readJson } from "./json.ts";
import { present } from "./present.ts";
import type { Reader } from "./reader.ts";

// Of the bind that the CSI driver would have made. The agent would make a bind of the disk, or change no more than its
// propagation: mount(2) then looks at no filesystem.
const wordsOfBinds = [
  ...["bind", "rbind"],
  ...["private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable"],
];
const policies = { Always: "Always", OnRootMismatch: "OnRootMismatch" } as const;
const keys = { ephemeral: "ephemeral" } as const;

/**
 * A mount with what the mountInfo.json of its direct volume says (Kata: createBlockDevices): the guest is to mount that
 * device, with the filesystem and the options that stand there. Give it the `blockDrive` that the device is attached as.
 *
 * Options of a bind, "bind" and "rbind" and the words for its propagation, are left out: Kata's own CSI driver writes them,
 * and the guest mounts a disk. "remount" is refused. An option with commas is several: the agent joins all with commas.
 *
 * Of `metadata`, `fsGroup`, `fsGroupChangePolicy`, `createFilesystem` and `encryptionKey` count, the second only beside
 * the first. Keys besides are ignored, as in Kata; a value that Kata would log and drop is refused.
 *
 * @throws {FormatError} with the path of what is missing or cannot be, such as `metadata.fsGroup`.
 *
 * @example
 * ```ts
 * import { withMountInfo } from "guestshare";
 *
 * const mount = { source: "/var/lib/kubelet/pods/p1/volumes/v1", destination: "/data", type: "bind" };
 * const info = '{"volume-type":"block","device":"/dev/sdb","fstype":"ext4","metadata":{"fsGroup":"1000"}}';
 * const volume = withMountInfo(mount, info);
 * console.log(volume.directVolume?.device, volume.fsGroup); // /dev/sdb 1000
 * ```
 */
export function withMountInfo(mount: Mount, mountInfo: string | object): Mount {
  const info = readJson("mountInfo.json", mountInfo);
  info.field("volume-type")?.text();
  const device = info.needed("device").text();
  const fstype = info.needed("fstype").text();
  const options = (info.field("options")?.items() ?? []).flatMap(optionsOf);
  const metadata = metadataOf(info.part("metadata"));
  // The host's file is told to give freed blocks back only where the guest makes the filesystem.
  const discard = metadata.createFilesystem && options.includes("discard") ? true : undefined;
  return { ...mount, directVolume: { device, fstype, options }, ...metadata, ...present({ discard }) };
}

// The agent joins them with commas, so that a text with commas is several.
function optionsOf(option: Reader): string[] {
  const words = option.text().split(",");
  if (words.includes("remount")) return option.refuse("remount", option.text());
  return words.filter((word) => word !== "" && !wordsOfBinds.includes(word));
}

function metadataOf(metadata: Reader): Partial<Mount> {
  metadata.textsByName();
  const fsGroup = metadata.field("fsGroup");
  return present({
    fsGroup: fsGroup && uint32Of(fsGroup),
    fsGroupChangePolicy: fsGroup && metadata.filled("fsGroupChangePolicy")?.word(policies),
    createFilesystem: metadata.field("createFilesystem") && booleanOf(metadata.needed("createFilesystem")),
    encryptionKey: metadata.filled("encryptionKey")?.word(keys),
  });
}
