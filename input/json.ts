import type { Format } from "./format-error.ts";
import { isPath } from "./path-advice.ts";
import { Reader } from "./reader.ts";

/** A reader of a JSON text, or of a value that was parsed from one. */
export function readJson(format: Format, json: string | object): Reader {
  if (ArrayBuffer.isView(json)) return new Reader(format, json).refuse("wrong-type", "text instead of bytes");
  return new Reader(format, typeof json === "string" ? parse(format, json) : json);
}

function parse(format: Format, json: string): unknown {
  try {
    // Some editors write a byte order mark, which JSON does not allow.
    return JSON.parse(json.startsWith("\ufeff") ? json.slice(1) : json);
  } catch (cause) {
    return new Reader(format, json).refuse("not-json", isPath(json) ? json : "", { cause });
  }
}
