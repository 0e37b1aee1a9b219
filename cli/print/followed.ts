import type { MountChange } from "../../ffi/mod.ts";
import { escaped } from "./escaped.ts";
import { clockText, countText } from "./number-text.ts";

/** A change of the mounts as one line: "+" where a mount came, "-" where it went. */
export function changeLine(change: MountChange, time: Date): string {
  const at = clockText(time);
  if (change.kind === "looked") {
    const { sandboxes, reason } = change;
    const lost = reason === "lost" ? "the kernel lost changes; " : "";
    const ids = sandboxes.map(({ id }) => escaped(id)).join(", ");
    return `${at} ${lost}${countText(sandboxes.length, "sandbox", "es")} ${ids}`.trimEnd();
  }
  const sign = change.kind === "attached" ? "+" : "-";
  const place = change.mount
    ? escaped(change.mount.target)
    : `mount ${change.id}, which was gone before it was seen`;
  return `${at} ${sign} ${place}`;
}

/** What of a change is of the sandbox in a directory; undefined where nothing is. */
export function changeIn(change: MountChange, directory: string): MountChange | undefined {
  if (change.kind === "looked") {
    return { ...change, sandboxes: change.sandboxes.filter((one) => one.directory === directory) };
  }
  const target = change.mount?.target;
  return target === directory || target?.startsWith(`${directory}/`) ? change : undefined;
}
