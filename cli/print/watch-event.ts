import type { CopyError, WatchEvent } from "../../ffi/mod.ts";
import { escaped } from "./escaped.ts";
import { byteText, clockText, entriesText } from "./number-text.ts";

/** An event of a watched volume as one line. */
export function watchLine(event: WatchEvent, time: Date): string {
  const { source } = event;
  return `${clockText(time)} ${event.kind} ${escaped(source)}: ${whatOf(event)}`;
}

/** An event of a watched volume as data: an error is what it says. */
export function watchValue(event: WatchEvent): object {
  if (!("error" in event)) return event;
  return { ...event, error: errorValue(event.error) };
}

function whatOf(event: WatchEvent): string {
  switch (event.kind) {
    case "updated": {
      const { result, stale } = event;
      const left = stale.length > 0 ? `; the guest keeps ${stale.map(escaped).join(", ")}` : "";
      return `${entriesText(result.entries)}, ${byteText(result.bytes)}${left}`;
    }
    case "failed":
      return `${escaped(event.error.message)}; it is tried again`;
    case "ended":
      return endText(event);
  }
}

/** Why a volume is watched no more. */
export function endText(event: WatchEvent & { readonly kind: "ended" }): string {
  switch (event.reason) {
    case "connection":
      return `the connection to the agent is over: ${escaped(event.error.message)}`;
    case "too-large":
      return "it has more than 1 MiB or 2,048 names";
    case "link-not-replaced":
      return `the agent cannot replace the link ${escaped(event.link)}`;
    case "link-refused":
      return `the agent's policy refuses the link ${escaped(event.link)}`;
  }
}

function errorValue({ message, code, path, guestPath }: CopyError): object {
  return { message, code, path, guestPath };
}
