import * as c from "./constants.ts";

// OCI's words for a mount alone, and what they are among the bits of MOUNT_ATTR_*: the value of a field. With an "r"
// before, a word is for all submounts too. Access times are a field of several bits; relatime is its 0, the default.
const table: readonly (readonly [word: string, field: number, value: number])[] = [
  ["ro", c.MOUNT_ATTR_RDONLY, c.MOUNT_ATTR_RDONLY],
  ["nosuid", c.MOUNT_ATTR_NOSUID, c.MOUNT_ATTR_NOSUID],
  ["nodev", c.MOUNT_ATTR_NODEV, c.MOUNT_ATTR_NODEV],
  ["noexec", c.MOUNT_ATTR_NOEXEC, c.MOUNT_ATTR_NOEXEC],
  ["nosymfollow", c.MOUNT_ATTR_NOSYMFOLLOW, c.MOUNT_ATTR_NOSYMFOLLOW],
  ["noatime", c.MOUNT_ATTR__ATIME, c.MOUNT_ATTR_NOATIME],
  ["relatime", c.MOUNT_ATTR__ATIME, c.MOUNT_ATTR_RELATIME],
  ["strictatime", c.MOUNT_ATTR__ATIME, c.MOUNT_ATTR_STRICTATIME],
  ["nodiratime", c.MOUNT_ATTR_NODIRATIME, c.MOUNT_ATTR_NODIRATIME],
  ["idmap", c.MOUNT_ATTR_IDMAP, c.MOUNT_ATTR_IDMAP],
];

/** A change of a mount: bits of MOUNT_ATTR_* that are set, after others were cleared. */
export interface Change {
  readonly attributes: number;
  readonly cleared: number;
}

/** What words mean for a share. */
export interface ShareAttributes {
  /** For the top mount. */
  readonly top: Change;
  /** For all submounts. */
  readonly submounts: Change;
  /** Which mounts are idmapped; no change has that bit, for it takes a call of its own. */
  readonly idmapped: "none" | "top" | "all";
}

const nothing: Change = { attributes: 0, cleared: 0 };

/** What words mean, a later word before an earlier one; or the first word that is unknown. */
export function attributesOf(words: readonly string[]): ShareAttributes | string {
  let top = nothing;
  let submounts = nothing;
  let idmapped: ShareAttributes["idmapped"] = "none";
  for (const word of words) {
    const found = meanings.get(word);
    if (found === undefined) return word;
    if (found.change.attributes === c.MOUNT_ATTR_IDMAP) {
      if (idmapped !== "all") idmapped = found.isForAll ? "all" : "top";
      continue;
    }
    top = both(top, found.change);
    if (found.isForAll) submounts = both(submounts, found.change);
  }
  return { top, submounts, idmapped };
}

/** A mount's MOUNT_ATTR_* bits after a change. */
export function applyChange(bits: number, { attributes, cleared }: Change): number {
  return (bits & ~cleared) | attributes;
}

function both(first: Change, second: Change): Change {
  return { attributes: applyChange(first.attributes, second), cleared: first.cleared | second.cleared };
}

const meanings = new Map<string, { change: Change; isForAll: boolean }>();
for (const [word, field, value] of table) {
  // The kernel wants a field of several bits cleared, and then set.
  const change = { attributes: value, cleared: field === value ? 0 : field };
  meanings.set(`r${word}`, { change, isForAll: true });
  // A share whose top mount alone is read-only would be a trap.
  meanings.set(word, { change, isForAll: word === "ro" });
}

/** The words that say what a mount's MOUNT_ATTR_* bits are; none for what is the default. */
export function wordsOf(bits: number): string[] {
  return table.filter(([, field, value]) => value !== 0 && (bits & field) === value).map(([word]) => word);
}

/** The MOUNT_ATTR_* bits that the options of a mount in mountinfo say. */
export function bitsOf(options: readonly string[]): number {
  let bits = 0;
  let hasTimes = false;
  for (const [word, field, value] of table) {
    if (!options.includes(word === "idmap" ? "idmapped" : word)) continue;
    bits |= value;
    hasTimes ||= field === c.MOUNT_ATTR__ATIME;
  }
  return hasTimes ? bits : bits | c.MOUNT_ATTR_STRICTATIME; // which has no word there
}
