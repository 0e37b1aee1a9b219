import type { Outcome } from "../../mod.ts";
import { escaped } from "./escaped.ts";

/** What becomes of a container's mount, and why. */
export function outcomeText({ destination, kind, reason }: Outcome): string {
  const what = kind === "guest" ? "made by the guest itself" : kind;
  return `${escaped(destination)} is ${what} (${reason})`;
}
