import { withoutEscapes } from "../../words/kernel-escapes.ts";
import { bitsOf } from "./attributes.ts";
import { MS_PRIVATE, MS_SHARED, MS_SLAVE, MS_UNBINDABLE } from "./constants.ts";
import type { Mount } from "./mount.ts";

/**
 * The mounts in a text of /proc/<pid>/mountinfo (proc(5)), read as Latin-1, so that every byte of a path is one character.
 * Lines that are not whole are left out.
 */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    const mount = parseLine(line);
    if (mount) mounts.push(mount);
  }
  return mounts;
}

// 36 35 98:0 /root /point rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue
function parseLine(line: string): Mount | undefined {
  const fields = line.split(" ");
  const separator = fields.indexOf("-", 6);
  const [id, parent, , root, point, options] = fields;
  const fstype = separator < 0 ? undefined : fields[separator + 1];
  if (!isNumber(id) || !isNumber(parent) || !root || !point || !options || !fstype) return undefined;
  return {
    id: Number(id),
    parent: Number(parent),
    root: unescaped(root),
    point: unescaped(point),
    propagation: propagationOf(fields.slice(6, separator)),
    peerGroup: groupOf(fields.slice(6, separator), "shared:"),
    master: groupOf(fields.slice(6, separator), "master:"),
    attributes: bitsOf(options.split(",")),
    fstype: unescaped(fstype),
  };
}

function isNumber(field: string | undefined): field is string {
  return field !== undefined && /^[0-9]{1,15}$/.test(field);
}

// A field that no kernel writes is taken as it stands.
function unescaped(field: string): string {
  return withoutEscapes(field) ?? field;
}

function groupOf(fields: readonly string[], key: string): number {
  const id = fields.find((field) => field.startsWith(key))?.slice(key.length);
  return isNumber(id) ? Number(id) : 0;
}

function propagationOf(fields: readonly string[]): number {
  if (fields.some((field) => field.startsWith("shared:"))) return MS_SHARED;
  if (fields.some((field) => field.startsWith("master:"))) return MS_SLAVE;
  return fields.includes("unbindable") ? MS_UNBINDABLE : MS_PRIVATE;
}
