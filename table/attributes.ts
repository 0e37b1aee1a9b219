import type { Attribute } from "../mod.ts";

/** An attribute of a mount that is not the default, by OCI's word. */
export type MountAttribute =
  | "ro"
  | "nosuid"
  | "nodev"
  | "noexec"
  | "nosymfollow"
  | "noatime"
  | "strictatime"
  | "nodiratime"
  | "idmap";

/** All of them, in the order in which a mount has them. Beside each its bit among the kernel's MOUNT_ATTR_*. */
const bits: readonly (readonly [MountAttribute, number])[] = [
  ["ro", 0x1],
  ["nosuid", 0x2],
  ["nodev", 0x4],
  ["noexec", 0x8],
  ["nosymfollow", 0x200000],
  ["noatime", 0x10],
  ["strictatime", 0x20],
  ["nodiratime", 0x80],
  ["idmap", 0x100000],
];

/** The attributes, without those that are defaults. */
export const mountAttributes: readonly MountAttribute[] = bits.map(([word]) => word);

// One of them at a time; "relatime" is the default.
const accessTimes: readonly string[] = ["noatime", "relatime", "strictatime"];

/** The attributes of a mount that has these bits of MOUNT_ATTR_*. */
export function attributesOfBits(value: number): readonly MountAttribute[] {
  const known = ofBits.get(value);
  if (known) return known;
  const words = bits.filter(([, bit]) => (value & bit) !== 0).map(([word]) => word);
  ofBits.set(value, words);
  return words;
}

// Few combinations are met, and many mounts have each.
const ofBits = new Map<number, readonly MountAttribute[]>();

/** The attributes that the options of a mount in mountinfo say, such as "rw,nosuid,relatime". */
export function attributesOfOptions(options: string): MountAttribute[] {
  const words = new Set(options.split(","));
  if (words.delete("idmapped")) words.add("idmap");
  // Mountinfo has no word for it.
  if (!accessTimes.some((word) => words.has(word))) words.add("strictatime");
  return mountAttributes.filter((word) => words.has(word));
}

/**
 * The attributes of a mount after a bind step's words: of the mount on top of the share, or of those below it, for which only
 * "ro" and the words with an "r" before count.
 */
export function attributesAfter(
  own: readonly MountAttribute[],
  words: readonly Attribute[],
  level: "top" | "below",
): readonly MountAttribute[] {
  if (words.length === 0) return own;
  const kept = new Set<string>(own);
  for (const word of words) {
    const plain = withoutR(word);
    if (level === "below" && plain === word && word !== "ro") continue;
    if (accessTimes.includes(plain)) for (const time of accessTimes) kept.delete(time);
    kept.add(plain);
  }
  return mountAttributes.filter((word) => kept.has(word));
}

// "rnosuid" is "nosuid" on all levels; "ro" and "relatime" begin with an r of their own.
function withoutR(word: Attribute): string {
  return word.startsWith("r") && word !== "ro" && word !== "relatime" ? word.slice(1) : word;
}
