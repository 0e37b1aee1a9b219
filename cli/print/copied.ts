import type { CopyNote } from "../../ffi/mod.ts";
import type { Copied } from "../copies/copy-share.ts";
import { columnLines } from "./columns.ts";
import { escaped } from "./escaped.ts";
import { byteText } from "./number-text.ts";

/** What was copied, as a table. */
export function copiedLines(copied: readonly Copied[]): string[] {
  const rows = copied.map(({ source, guestPath, entries, bytes }) => [
    escaped(source),
    escaped(guestPath),
    String(entries),
    byteText(bytes),
  ]);
  return columnLines(["SOURCE", "GUEST-PATH", "ENTRIES", "SIZE"], rows);
}

/** What the guest lacks of a copy, or has otherwise, a line for each entry; `reasons` explains each reason. */
export function noteLines(
  { skipped, warnings }: Copied,
  reasons: Readonly<Record<CopyNote["reason"], string>>,
): string[] {
  const line = (word: string) => (note: CopyNote) =>
    `${word}: ${escaped(note.path)} (${note.reason}: ${reasons[note.reason]})`;
  return [...skipped.map(line("skipped")), ...warnings.map(line("warning"))];
}
