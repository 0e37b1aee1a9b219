import assert from "node:assert/strict";
import { FormatError } from "../../input/format-error.ts";

/** Where and why something cannot be read: "mounts[2].destination missing-field". */
export function problemOf(read: () => unknown): string {
  const { path, code } = errorOf(read);
  return path === "" ? code : `${path} ${code}`;
}

/** The FormatError that reading throws. */
export function errorOf(read: () => unknown): FormatError {
  try {
    read();
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  return assert.fail("it was read");
}
