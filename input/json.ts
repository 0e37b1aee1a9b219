import type { Format } from "./format-error.ts";
import { isPath } from "./given-path.ts";
import { Reader } from "./reader.ts";

/** A reader of a JSON text, or of what was parsed of one. */
export function readJson(format: Format, json: string | object): Reader {
  if (ArrayBuffer.isView(json)) return new Reader(format, json).refuse("wrong-type", "text, and no bytes,");
  return new Reader(format, typeof json === "string" ? parse(format, json) : json);
}

function parse(format: Format, json: string): unknown {
  try {
    // A byte order mark is none of JSON's white space, and some editors write one.
    return JSON.parse(json.startsWith("\ufeff") ? json.slice(1) : json);
  } catch (cause) {
    return new Reader(format, json).refuse("not-json", isPath(json) ? json : "", { cause });
  }
}
