import { attributesOfOptions } from "./attributes.ts";
import { deviceOf, numberOf, propagationOf, rootOf, targetOf } from "./fields.ts";
import type { MountEntry } from "./mount-entry.ts";
import { MountReading, type MountsRead, Refusal } from "./refused.ts";

/** The columns that `readFindmnt` needs: `findmnt --json --output COLUMNS`. */
export const findmntColumns = "ID,PARENT,MAJ:MIN,FSROOT,TARGET,FSTYPE,SOURCE,VFS-OPTIONS,OPT-FIELDS";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The mounts in what `findmnt --json` of util-linux prints with these columns: as a tree, or with `--list`. A mount of
 * which a column is missing or is none is refused, and the others are read.
 *
 * @example
 * ```ts
 * import { findmntColumns, readFindmnt } from "guestshare/table";
 *
 * const command = ["findmnt", "--json", "--output", findmntColumns];
 * console.log(command.length); // 4
 * const { mounts, refused } = readFindmnt('{ "filesystems": [{ "id": 1, "target": "/" }] }');
 * console.log(mounts.length, refused[0]?.reason); // 0 missing-field
 * ```
 */
export function readFindmnt(text: string): MountsRead {
  const reading = new MountReading();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    reading.refuse(0, "not-json", text);
    return reading.result;
  }
  const filesystems = isRecord(parsed) ? parsed.filesystems : undefined;
  if (!Array.isArray(filesystems)) reading.refuse(0, "wrong-type", text);
  else readAll(reading, filesystems);
  return reading.result;
}

// From the outermost on, as the tree is printed; it may be deeper than a stack.
function readAll(reading: MountReading, filesystems: readonly unknown[]): void {
  const waiting = filesystems.toReversed();
  for (let count = 1; waiting.length > 0; count += 1) {
    const fields = waiting.pop();
    reading.add(count, fields, mountOf);
    const children = isRecord(fields) ? fields.children : undefined;
    if (Array.isArray(children)) for (const child of children.toReversed()) waiting.push(child);
  }
}

function mountOf(fields: unknown): MountEntry {
  if (!isRecord(fields)) throw new Refusal("wrong-type", JSON.stringify(fields) ?? "undefined");
  const root = rootOf(textOf(fields, "fsroot"));
  const words = fields["opt-fields"] === null ? "" : textOf(fields, "opt-fields");
  return {
    id: numberOf(textOf(fields, "id")),
    parent: numberOf(textOf(fields, "parent")),
    device: deviceOf(textOf(fields, "maj:min").trim()),
    root,
    target: targetOf(textOf(fields, "target")),
    filesystem: textOf(fields, "fstype"),
    source: sourceOf(fields, root),
    attributes: attributesOfOptions(textOf(fields, "vfs-options")),
    ...propagationOf(
      words
        .split(" ")
        .filter((word) => word !== "")
        .join(" "),
    ),
  };
}

// Numbers are numbers or, in older versions, strings.
function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value;
  throw new Refusal(value === undefined ? "missing-field" : "wrong-type", name);
}

// Without --nofsroot it has the root behind it, in brackets.
function sourceOf(fields: Fields, root: string): string {
  const source = fields.source === null ? "" : textOf(fields, "source");
  const suffix = `[${root}]`;
  return root !== "/" && source.endsWith(suffix) ? source.slice(0, -suffix.length) : source;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
