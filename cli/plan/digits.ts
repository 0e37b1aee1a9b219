import { randomBytes } from "node:crypto";
import type { RollDigits } from "../input/requests.ts";

/** Digits that make the names of shares unique. */
export const randomDigits: RollDigits = (count) =>
  Array.from({ length: count }, () => randomBytes(8).toString("hex"));

/** Digits of a plan that nobody applies: the same each time. */
export const placeholderDigits: RollDigits = (count) =>
  Array.from({ length: count }, (_, at) => at.toString(16).padStart(16, "0"));
