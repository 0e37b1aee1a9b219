import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import process from "node:process";

/**
 * A directory of this user's alone, for where the system gives no $XDG_RUNTIME_DIR: /tmp/guestshare-1000. It is made if there is none.
 * Undefined where somebody else has it, or may write to it: anybody may make such a name in /tmp.
 */
export function ownDirectory(): string | undefined {
  const path = `/tmp/guestshare-${userOutside()}`;
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") return undefined;
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  const isOwn = found?.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0;
  return isOwn ? path : undefined;
}

// The user as the machine knows him: in a namespace of his own he may be root.
function userOutside(): number {
  const own = process.geteuid?.() ?? 0;
  for (const line of readFileSync("/proc/self/uid_map", "latin1").trim().split("\n")) {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (own >= inside && own < inside + count) return outside + own - inside;
  }
  return own;
}
