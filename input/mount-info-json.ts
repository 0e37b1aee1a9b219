import type { Mount } from "../wasm/types.ts";
import { definedFields } from "./defined-fields.ts";
import { booleanOf, uint32Of } from "./go-text.ts";
import { readJson } from "./json.ts";
import type { Reader } from "./reader.ts";

// Options of the bind that the CSI driver would have made. With them the agent would bind the disk, or only change the propagation
// of a mount, because mount(2) then ignores the filesystem.
const bindWords = [
  ...["bind", "rbind"],
  ...["private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable"],
];
const policies = { Always: "Always", OnRootMismatch: "OnRootMismatch" } as const;
const keys = { ephemeral: "ephemeral" } as const;

/**
 * The mount with the fields that the mountInfo.json of its direct volume describes (Kata: createBlockDevices). The guest mounts
 * that device, with the filesystem and options of mountInfo.json. The mount also needs the `blockDrive` as which the device is
 * attached.
 *
 * The options of a bind, "bind", "rbind" and the words for propagation, are left out: Kata's own CSI driver writes them, but the
 * guest mounts a disk. "remount" is refused. An option is split at commas, because the agent joins options with commas.
 *
 * Of `metadata` these keys count: `fsGroup`, with it `fsGroupChangePolicy`, `createFilesystem` and `encryptionKey`. Other keys are
 * ignored, as in Kata. A value that Kata would log and drop is refused.
 *
 * @throws {FormatError} for a missing or invalid value, with its path, such as `metadata.fsGroup`.
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
  // The host's file frees blocks that the guest discards only if the guest creates the filesystem.
  const discard = metadata.createFilesystem && options.includes("discard") ? true : undefined;
  return { ...mount, directVolume: { device, fstype, options }, ...metadata, ...definedFields({ discard }) };
}

function optionsOf(option: Reader): string[] {
  const words = option.text().split(",");
  if (words.includes("remount")) return option.refuse("remount", option.text());
  return words.filter((word) => word !== "" && !bindWords.includes(word));
}

function metadataOf(metadata: Reader): Partial<Mount> {
  metadata.textsByName();
  const fsGroup = metadata.field("fsGroup");
  return definedFields({
    fsGroup: fsGroup && uint32Of(fsGroup),
    fsGroupChangePolicy: fsGroup && metadata.filled("fsGroupChangePolicy")?.word(policies),
    createFilesystem: metadata.field("createFilesystem") && booleanOf(metadata.needed("createFilesystem")),
    encryptionKey: metadata.filled("encryptionKey")?.word(keys),
  });
}
