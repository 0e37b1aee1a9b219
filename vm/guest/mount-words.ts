import { isText } from "./clean-target.ts";
import { GuestMountError } from "./guest-mount-error.ts";

/** The options of a mount, as a script needs them apart. */
export interface MountWords {
  /** The attributes of the mount itself, such as "ro". */
  readonly attributes: readonly string[];
  /** What is left, for the filesystem. */
  readonly data: readonly string[];
  /** How it propagates, such as "rslave"; "" if nothing is said. */
  readonly propagation: string;
  /** Whether a bind has the mounts below, too. */
  readonly isRecursive: boolean;
}

// Each attribute, and the word that takes it back. With an "r" before it OCI means the mounts below, too, which the guest leaves alone.
const opposites: Readonly<Record<string, string>> = {
  ro: "rw",
  nosuid: "suid",
  nodev: "dev",
  noexec: "exec",
  noatime: "atime",
  nodiratime: "diratime",
  relatime: "norelatime",
  strictatime: "nostrictatime",
  nosymfollow: "symfollow",
  sync: "async",
  dirsync: "",
};
const cleared = new Map(Object.entries(opposites).map(([word, opposite]) => [opposite, word]));
const isPropagation = (word: string) => /^r?(?:private|shared|slave|unbindable)$/.test(word);
const ignored = new Set(["defaults", "bind", "rbind"]);
const refused = new Set(["idmap", "ridmap", "loop", "tmpcopyup", "remount", "move"]);

/** Takes the options of a mount apart. A later word wins. Throws `GuestMountError` for what no script can say. */
export function mountWords(options: readonly string[]): MountWords {
  const attributes = new Set<string>();
  const data: string[] = [];
  for (const option of options) {
    if (!isText(option) || option.includes(",") || refused.has(option))
      throw new GuestMountError("option", option);
    if (isPropagation(option) || ignored.has(option)) continue;
    const word = bareWord(option);
    if (cleared.has(word)) attributes.delete(cleared.get(word) as string);
    else if (Object.hasOwn(opposites, word)) attributes.add(word);
    else data.push(option);
  }
  const propagation = options.findLast(isPropagation) ?? "";
  return { attributes: [...attributes], data, propagation, isRecursive: options.includes("rbind") };
}

function bareWord(option: string): string {
  const bare = option.replace(/^r/, "");
  return cleared.has(bare) || Object.hasOwn(opposites, bare) ? bare : option;
}

/** Whether an option is the kernel's, and not a word between Kata's parts. */
export function isForKernel(option: string): boolean {
  return !option.startsWith("io.katacontainers.");
}
