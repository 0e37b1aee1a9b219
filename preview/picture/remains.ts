import type { Curve, Picture, Row } from "../../picture/mod.ts";

/** What of a picture is there when its guest is not. */
export interface Remains {
  /** Sources that the guest could write to. */
  readonly written: readonly Row[];
  /** Sources that it could read. */
  readonly read: readonly Row[];
  /** What is gone with the guest. */
  readonly gone: readonly Row[];
}

/** What stays on the host, and what goes with the guest. */
export function remainsOf({ columns, curves }: Picture): Remains {
  const sources = columns.host.filter(({ kind }) => kind === "source" || kind === "disk");
  // Whoever writes to a copy writes to nothing else.
  const isWritten = ({ kind, traits }: Curve) => kind !== "copied" && traits.includes("read-write");
  const writable = new Set(curves.filter(isWritten).map(({ from }) => from));
  return {
    written: sources.filter(({ id }) => writable.has(id)),
    read: sources.filter(({ id }) => !writable.has(id)),
    gone: columns.guest.filter(isOfGuest),
  };
}

function isOfGuest({ kind, by, traits, details }: Row): boolean {
  if (by === "copied" || (kind === "storage" && traits.includes("watched"))) return true;
  const made = ["guest", "shm", "ephemeral", "hugepages"];
  return by === "made" && (kind === "storage" || made.includes(details.rule?.kind ?? ""));
}
