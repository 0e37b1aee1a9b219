import type { AgentStorage } from "../../mod.ts";
import { cleanTarget } from "./clean-target.ts";
import { diskOf } from "./disk-mount.ts";
import type { GuestMount } from "./guest-mount.ts";
import { GuestMountError } from "./guest-mount-error.ts";
import { isForKernel } from "./mount-words.ts";

const CREATE = "io.katacontainers.volume.overlayfs.create_directory=";

/** What a guest mounts for a storage, as the agent's handler of its driver does. Throws `GuestMountError` for what only an agent can. */
export function storageMounts(storage: AgentStorage): GuestMount[] {
  const { driver, source, fstype: filesystem, mountPoint } = storage;
  // The agent joins options with commas, so that one may be several.
  const options = storage.options.flatMap((option) => option.split(","));
  const target = cleanTarget(mountPoint);
  switch (driver) {
    case "virtio-fs":
    case "9p":
      return [{ kind: "view", filesystem, source, target, options }];
    case "overlayfs":
      return [
        ...directoriesOf(storage).map((each) => ({ kind: "directory", target: cleanTarget(each) }) as const),
        { kind: "filesystem", filesystem, source, target, options: options.filter(isForKernel) },
      ];
    case "ephemeral":
      return [{ kind: "filesystem", filesystem, source, target, options: inMemory(options) }];
    case "local":
      return [localOf(target, options)];
    case "watchable-bind":
      return [tmpfsAbove(target), { kind: "copy", source: cleanTarget(source), target }];
    case "blk":
    case "blk-ccw":
    case "scsi":
    case "mmioblk":
    case "nvdimm":
      return [diskOf(driver, { ...storage, options }, target)];
    default:
      throw new GuestMountError("driver", driver);
  }
}

function directoriesOf({ driverOptions }: AgentStorage): string[] {
  return driverOptions.map((option) => {
    if (!option.startsWith(CREATE)) throw new GuestMountError("option", option);
    return option.slice(CREATE.length);
  });
}

// What the agent says by "fsgid" a tmpfs has as options of its own.
function inMemory(words: readonly string[]): readonly string[] {
  const group = optionOf("fsgid", words);
  if (group === undefined) return words;
  const mode = Number.parseInt(optionOf("mode", words) ?? "1777", 8) | 0o2000;
  return [
    ...words.filter((word) => !/^(?:fsgid|mode)=/.test(word)),
    `mode=${mode.toString(8)}`,
    `gid=${group}`,
  ];
}

function localOf(target: string, options: readonly string[]): GuestMount {
  const group = optionOf("fsgid", options);
  const mode = optionOf("mode", options)?.replace(/^0+(?=.)/, "") ?? "755";
  if (!/^[0-7]{1,4}$/.test(mode)) throw new GuestMountError("option", `mode=${mode}`);
  return { kind: "directory", target, mode, ...(group !== undefined && { group: groupOf(group) }) };
}

function groupOf(digits: string): number {
  if (!/^\d{1,10}$/.test(digits)) throw new GuestMountError("option", `fsgid=${digits}`);
  return Number(digits);
}

// The copies are on a tmpfs of their own, because the view above is read-only.
function tmpfsAbove(target: string): GuestMount {
  const above = cleanTarget(target.slice(0, target.lastIndexOf("/")));
  return { kind: "filesystem", filesystem: "tmpfs", source: "tmpfs", target: above, options: ["mode=0755"] };
}

function optionOf(key: string, options: readonly string[]): string | undefined {
  return options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1);
}
