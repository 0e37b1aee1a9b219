import type { RootFs } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { readCtrLines } from "./ctr-line.ts";
import { definedFields } from "./defined-fields.ts";
import { readJson } from "./json.ts";
import { Reader } from "./reader.ts";

/** Options of `rootFsOf`. */
export interface RootFsOptions {
  /** The directory on which the mounts are made. Default: the target in the lines of ctr, or "rootfs" in the bundle. */
  target?: string | undefined;
}

const names: OptionNames<RootFsOptions> = { target: true };

/**
 * The root filesystem that containerd's mounts make. They are given as JSON, with containerd's own names (`Type`, `Source`,
 * `Options`) or those of its API (`type`, `source`, `options`), one mount or an array, as text or parsed; or as the lines that
 * `ctr snapshots mounts TARGET KEY` prints.
 *
 * As in Kata's shim, all mounts are made on one directory, the target. A single mount keeps its source, type and options, which
 * distinguish a nydus image, erofs layers or a disk from a directory. Of several mounts, or none, only the target is used. A
 * mount's own `Target` is a directory below the target, and is ignored.
 *
 * Mounts that containerd's mount manager has to activate first are refused as needs-mount-manager, because nothing is mounted on the
 * target yet. Since 2.2, containerd's erofs snapshotter gives such mounts (`format/mkdir/overlay`, `mkfs/ext4`, options
 * `X-containerd.…`).
 *
 * @throws {FormatError} for an invalid mount, with its path or line. A line is refused if spaces or quotes in its paths allow
 * several readings.
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
  for (const [at, mount] of all.entries()) refuseUnactivated(mount, at);
  const [first] = all;
  const root = options.target ?? first?.target ?? "rootfs";
  return all.length === 1 ? { ...first, target: root } : { target: root };
}

// Types such as "format/mkdir/overlay", options such as "X-containerd.mkfs.fs=ext4" and templates such as "{{ mount 0 }}" are
// tasks for containerd's mount manager (2.2, for its erofs snapshotter). The target is still an empty directory.
function refuseUnactivated({ type = "", source = "", options = [] }: RootFs, at: number): void {
  const refuse = (path: string, text: string) =>
    new Reader("containerd mount", text, `[${at}].${path}`).refuse("needs-mount-manager", text);
  if (/^(?:format|mkdir|mkfs|dmverity)\/|^loop$/.test(type)) refuse("type", type);
  if (TEMPLATE.test(source)) refuse("source", source);
  for (const [place, option] of options.entries()) {
    if (option.startsWith("X-containerd.") || TEMPLATE.test(option)) refuse(`options[${place}]`, option);
  }
}

// A template, which the mount manager replaces by the directories or sources of earlier mounts.
const TEMPLATE = /\{\{-?\s*(?:mount|source|target|overlay)\s/;

// Whether a text is JSON. No line of ctr begins like this.
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
  return definedFields({ source, type, options: either(mount, "Options", "options")?.texts() });
}

function either(mount: Reader, name: string, other: string): Reader | undefined {
  const field = mount.field(name);
  const twin = mount.field(other);
  if (field && twin) return twin.refuse("duplicate-field", name);
  return field ?? twin;
}
