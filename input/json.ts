import type { Format } from "./format-error.ts";
import { isPath } from "./path-advice.ts";
import { Reader } from "./reader.ts";

/** A reader of a JSON text, or of a value that was parsed from one. */
export function readJson(format: Format, json: string | object): Reader {
  if (ArrayBuffer.isView(json)) return new Reader(format, json).refuse("wrong-type", "text instead of bytes");
  return new Reader(format, typeof json === "string" ? parse(format, json) : json);
}

/** As `readJson`; whole numbers of a text that a number would round are bigints. */
export function readExactJson(format: Format, json: string | object): Reader {
  const read = readJson(format, json);
  return typeof json === "string" ? new Reader(format, exactly(json, read.value)) : read;
}

const MARK = "\0whole:";
const WHOLE = /^-?\d{16,}$/;

function exactly(json: string, read: unknown): unknown {
  // Texts and numbers: digits in a text stay.
  const marked = json
    .replace(/^\ufeff/, "")
    .replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g, (token) =>
      WHOLE.test(token) && !Number.isSafeInteger(Number(token)) ? JSON.stringify(MARK + token) : token,
    );
  if (!marked.includes(JSON.stringify(MARK).slice(0, -1))) return read;
  return JSON.parse(marked, (_, value) =>
    typeof value === "string" && value.startsWith(MARK) && WHOLE.test(value.slice(MARK.length))
      ? BigInt(value.slice(MARK.length))
      : value,
  );
}

function parse(format: Format, json: string): unknown {
  try {
    // Some editors write a byte order mark, which JSON does not allow.
    return JSON.parse(json.startsWith("\ufeff") ? json.slice(1) : json);
  } catch (cause) {
    return new Reader(format, json).refuse("not-json", isPath(json) ? json : "", { cause });
  }
}
