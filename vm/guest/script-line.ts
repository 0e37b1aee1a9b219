import { cleanTarget, isText } from "./clean-target.ts";
import { checkAddress } from "./disk-mount.ts";
import type { GuestDirectory, GuestDisk, GuestFilesystem, GuestMount } from "./guest-mount.ts";
import { GuestMountError } from "./guest-mount-error.ts";
import { mountWords } from "./mount-words.ts";
import { shellWord } from "./shell/word.ts";

/** The line of a script that makes a mount, or another thing. Throws `GuestMountError` for one that a script cannot say. */
export function lineOf(mount: GuestMount): string {
  const target = targetOf(mount);
  switch (mount.kind) {
    case "view":
      if (!/^\w[\w.-]*$/.test(mount.source)) throw new GuestMountError("tag", mount.source);
      return line("view", typeOf(mount), mount.source, target, ...optionsOf(mount));
    case "filesystem":
      return filesystemLine(mount, target);
    case "disk":
      return diskLine(mount, target);
    case "bind": {
      const { attributes, propagation, isRecursive } = mountWords(mount.options);
      const recursive = isRecursive ? "r" : "";
      return line("bind", cleanTarget(mount.source), target, attributes.join(","), propagation, recursive);
    }
    case "directory":
      return directoryLine(mount, target);
    case "copy":
      return line("copy", cleanTarget(mount.source), target);
    case "node":
      return line("node", target, ...[mount.major, mount.minor].map((each) => whole(each, "device")));
    case "link":
      return line("link", target, text(mount.source));
    case "readonly":
      return line("seal", target);
    default:
      throw new GuestMountError("driver", String((mount as GuestMount).kind));
  }
}

// OCI's tmpcopyup is no option of the kernel's.
function filesystemLine(mount: GuestFilesystem, target: string): string {
  const words = mount.options.filter((word) => word !== "tmpcopyup");
  const isCopied = words.length < mount.options.length;
  const [options, propagation] = optionsOf({ options: words });
  const isReadOnly = options.split(",").includes("ro");
  if (isCopied && (mount.filesystem !== "tmpfs" || isReadOnly))
    throw new GuestMountError("option", "tmpcopyup");
  const copied = isCopied ? "copied" : "";
  return line("fs", typeOf(mount), text(mount.source), target, options, propagation, copied);
}

function diskLine(mount: GuestDisk, target: string): string {
  const { driver, source, group, isEmpty } = mount;
  checkAddress(driver, source);
  const [options = ""] = optionsOf(mount);
  const owner = group ? [whole(group.id, "option"), group.policy] : [];
  return line("disk", driver, source, typeOf(mount), target, options, isEmpty ? "format" : "", ...owner);
}

function directoryLine({ mode = "755", group }: GuestDirectory, target: string): string {
  if (!/^[0-7]{1,4}$/.test(mode)) throw new GuestMountError("option", mode);
  return line("directory", target, mode, ...(group === undefined ? [] : [whole(group, "option")]));
}

function whole(number: number, code: "device" | "option"): string {
  if (!Number.isSafeInteger(number) || number < 0) throw new GuestMountError(code, String(number));
  return String(number);
}

// A container's own targets are said below its root.
function targetOf(mount: GuestMount): string {
  const target = cleanTarget(mount.target);
  if (!("root" in mount) || mount.root === undefined) return target;
  const root = cleanTarget(mount.root);
  if (!target.startsWith(`${root}/`)) throw new GuestMountError("path", mount.target);
  return target.slice(root.length);
}

function typeOf({ filesystem }: { readonly filesystem: string }): string {
  if (!/^\w[\w.-]*$/.test(filesystem)) throw new GuestMountError("filesystem", filesystem);
  return filesystem;
}

function optionsOf({
  options,
}: {
  readonly options: readonly string[];
}): [options: string, propagation: string] {
  const { attributes, data, propagation } = mountWords(options);
  return [[...attributes, ...data].join(","), propagation];
}

function text(value: string): string {
  if (!isText(value)) throw new GuestMountError("path", value);
  return value;
}

function line(...words: readonly string[]): string {
  const last = words.findLastIndex((word) => word !== "");
  return words
    .slice(0, last + 1)
    .map(shellWord)
    .join(" ");
}
