import { cleanTarget, isText } from "./clean-target.ts";
import type { GuestMount } from "./guest-mount.ts";
import { GuestMountError } from "./guest-mount-error.ts";
import { shellWord } from "./shell/word.ts";

/** The line of a script that makes a mount. Throws `GuestMountError` for one that a script cannot say. */
export function lineOf(mount: GuestMount): string {
  switch (mount.kind) {
    case "view":
      if (!/^[\w.-]+$/.test(mount.source)) throw new GuestMountError("tag", mount.source);
      return line("view", mount.filesystem, mount.source, cleanTarget(mount.target), options(mount.options));
    case "filesystem":
      return line("fs", mount.filesystem, mount.source, cleanTarget(mount.target), options(mount.options));
    case "bind":
      return line("bind", cleanTarget(mount.source), cleanTarget(mount.target), options(mount.options));
    case "disk":
      throw new GuestMountError("driver", mount.driver);
  }
}

function line(...words: readonly string[]): string {
  const last = words.findLastIndex((word) => word !== "");
  return words
    .slice(0, last + 1)
    .map(shellWord)
    .join(" ");
}

function options(words: readonly string[]): string {
  for (const word of words)
    if (!isText(word) || word.includes(",")) throw new GuestMountError("option", word);
  return words.join(",");
}
