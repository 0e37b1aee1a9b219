import type { RootFs } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { readCtrLines } from "./ctr-line.ts";
import { readJson } from "./json.ts";
import { present } from "./present.ts";
import { Reader } from "./reader.ts";

/** Where a root filesystem is. */
export interface RootFsOptions {
  /** The directory that the mounts are made on. Default "rootfs" in the bundle, or what the lines of ctr say. */
  target?: string | undefined;
}

const names: OptionNames<RootFsOptions> = { target: true };

/**
 * The root filesystem that containerd's mounts make: JSON with its own names (`Type`, `Source`, `Options`) or those of
 * its API (`type`, `source`, `options`), one mount or an array, as text or parsed; or the lines that
 * `ctr snapshots mounts TARGET KEY` prints.
 *
 * As Kata's shim does, all mounts are taken to be made on one directory, the target. Of a single mount the source, type
 * and options are kept: they tell a nydus image, erofs layers or a disk from a plain directory. Of several, or none, only
 * the directory counts. A mount's own `Target` is a directory below that one, and does not move the root.
 *
 * Mounts that are work for containerd's mount manager, as its erofs snapshotter gives them since 2.2 (`format/mkdir/overlay`,
 * `mkfs/ext4`, options `X-containerd.…`), are refused as needs-mount-manager: nothing is mounted on the target yet.
 *
 * @throws {FormatError} with the path or the line of what is no such mount. A line is refused where spaces or quotes in
 * its paths leave several readings.
 *
 * @example
 * ```ts
 * import { rootFsOf } from "guestshare";
 *
 * const line = "mount -t overlay overlay /run/c1/rootfs -o lowerdir=/l2:/l1,upperdir=/u,workdir=/w";
 * const rootFs = rootFsOf(line);
 * console.log(rootFs.target, rootFs.options?.length); // /run/c1/rootfs 3
 * console.log(rootFsOf('[{"Type":"bind","Source":"/a","Options":["rbind","ro"]}]').target); // rootfs
 * ```
 */
export function rootFsOf(mounts: string | object, options: RootFsOptions = {}): RootFs {
  checkOptionNames(options, names);
  const all = typeof mounts === "string" && !isJson(mounts) ? readCtrLines(mounts) : readMounts(mounts);
  for (const [at, mount] of all.entries()) refuseUnmade(mount, at);
  const [first] = all;
  const root = options.target ?? first?.target ?? "rootfs";
  return all.length === 1 ? { ...first, target: root } : { target: root };
}

// Types such as "format/mkdir/overlay", options such as "X-containerd.mkfs.fs=ext4", and "{{ mount 0 }}" (containerd 2.2, its
// erofs snapshotter) are work for containerd's mount manager. Whoever gets them has no root yet: the target is an empty
// directory.
function refuseUnmade({ type = "", source = "", options = [] }: RootFs, at: number): void {
  const refuse = (path: string, text: string) =>
    new Reader("containerd mount", text, `[${at}].${path}`).refuse("needs-mount-manager", text);
  if (/^(?:format|mkdir|mkfs|dmverity)\/|^loop$/.test(type)) refuse("type", type);
  if (TEMPLATE.test(source)) refuse("source", source);
  for (const [place, option] of options.entries()) {
    if (option.startsWith("X-containerd.") || TEMPLATE.test(option)) refuse(`options[${place}]`, option);
  }
}

// What the mount manager fills in: of an earlier mount its directory or source, of several their directories.
const TEMPLATE = /\{\{-?\s*(?:mount|source|target|overlay)\s/;

// No line of ctr begins like this.
function isJson(text: string): boolean {
  return /^\ufeff?\s*(?:[[{]|null)/.test(text);
}

function readMounts(mounts: string | object): RootFs[] {
  const json = readJson("containerd mount", mounts);
  if (json.value === null) return [];
  return Array.isArray(json.value) ? json.items().map(mountOf) : [mountOf(json)];
}

function mountOf(mount: Reader): RootFs {
  const type = either(mount, "Type", "type")?.text();
  const source = either(mount, "Source", "source")?.text();
  if (type === undefined && source === undefined) mount.needed("type");
  const target = either(mount, "Target", "target");
  if (target && TEMPLATE.test(target.text())) target.refuse("needs-mount-manager", target.text());
  return present({ source, type, options: either(mount, "Options", "options")?.texts() });
}

function either(mount: Reader, name: string, other: string): Reader | undefined {
  const field = mount.field(name);
  const twin = mount.field(other);
  if (field && twin) return twin.refuse("duplicate-field", name);
  return field ?? twin;
}
