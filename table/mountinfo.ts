import { attributesOfOptions } from "./attributes.ts";
import { deviceOf, numberOf, propagationOf, rootOf, targetOf } from "./fields.ts";
import type { MountEntry } from "./mount-entry.ts";
import { MountReading, type MountsRead, Refusal } from "./refused.ts";
import { textOfBytes } from "./text-of-bytes.ts";

// id, parent, device, root, target and options come before the words of propagation and the separator "-".
const BEFORE = 6;

/**
 * The mounts in a text of /proc/<pid>/mountinfo (proc(5)). A line that the kernel cannot have written is refused, and the
 * others are read.
 *
 * @example
 * ```ts
 * import { readMountinfo } from "guestshare/table";
 *
 * const text = "36 35 98:0 /photos /mnt/my\\040photos ro,noatime shared:1 - ext4 /dev/sdb rw\n37 36 oops\n";
 * const { mounts, refused } = readMountinfo(text);
 * console.log(mounts[0]?.target, mounts[0]?.attributes.join()); // /mnt/my photos ro,noatime
 * console.log(refused[0]?.line, refused[0]?.reason); // 2 missing-field
 * ```
 */
export function readMountinfo(text: string | Uint8Array): MountsRead {
  const reading = new MountReading();
  const lines = (typeof text === "string" ? text : textOfBytes(text)).split("\n");
  for (const [at, line] of lines.entries()) if (line !== "") reading.add(at + 1, () => mountOf(line));
  return reading.result;
}

// 36 35 98:0 /root /target rw,noatime shared:1 master:2 - ext4 /dev/sdb rw,errors=continue
function mountOf(line: string): MountEntry {
  const fields = line.split(" ");
  const separator = fields.indexOf("-", BEFORE);
  const [id = "", parent = "", device = "", root = "", target = "", options = ""] = fields;
  const [filesystem = "", source = "", superOptions] = separator === -1 ? [] : fields.slice(separator + 1);
  if (superOptions === undefined || filesystem === "" || options === "")
    throw new Refusal("missing-field", line);
  return {
    id: numberOf(id),
    parent: numberOf(parent),
    device: deviceOf(device),
    root: rootOf(withoutEscapes(root)),
    target: targetOf(withoutEscapes(target)),
    filesystem: withoutEscapes(filesystem),
    source: withoutEscapes(source),
    attributes: attributesOfOptions(options),
    ...propagationOf(fields.slice(BEFORE, separator)),
  };
}

// The kernel escapes space, tab, newline, backslash and "#", and nothing else.
const escaped: Readonly<Record<string, string>> = {
  "\\040": " ",
  "\\011": "\t",
  "\\012": "\n",
  "\\134": "\\",
  "\\043": "#",
};

function withoutEscapes(field: string): string {
  if (!field.includes("\\")) return field;
  return field.replace(/\\.{0,3}/gs, (found) => {
    const character = escaped[found];
    if (character === undefined) throw new Refusal("bad-escape", field);
    return character;
  });
}
