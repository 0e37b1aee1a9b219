import { readdirSync } from "node:fs";
import { mountsBelow } from "../mounts.ts";
import type { Outcome } from "../programs/obey.ts";
import { random, type Scratch } from "../scratch.ts";

/** One operation on a sandbox, of those that may meet another process's. */
export type Operation = "prepare" | "cleanup" | "share" | "unshare";

/** A sandbox as seen from outside: nothing, prepared, or prepared with the one share. */
export type Sight = "nothing" | "prepared" | "shared";

/** What an operation makes of a sandbox that nobody else touches, and how it ends. */
export function after(sight: Sight, operation: Operation): { sight: Sight; end: string } {
  switch (operation) {
    case "prepare":
      return { sight: sight === "nothing" ? "prepared" : sight, end: "ok" };
    case "cleanup":
      return { sight: "nothing", end: "ok" };
    case "share":
      if (sight === "nothing") return { sight, end: "StepError ENOENT" };
      return { sight: "shared", end: "ok" };
    case "unshare":
      return { sight: sight === "nothing" ? "nothing" : "prepared", end: "ok" };
  }
}

/** The results of two operations in both orders: how each ends, and what is there then. */
export function bothOrders(begin: Sight, [a, b]: readonly [Operation, Operation]): string[] {
  const firstA = after(begin, a);
  const thenB = after(firstA.sight, b);
  const firstB = after(begin, b);
  const thenA = after(firstB.sight, a);
  return [resultOf(firstA.end, thenB.end, thenB.sight), resultOf(thenA.end, firstB.end, thenA.sight)];
}

/** A result as it is compared. */
export function resultOf(a: string, b: string, sight: string): string {
  return `${a}, ${b}: ${sight}`;
}

/** How an operation ended, in the words of `after`. */
export function endOf({ end, code }: Outcome): string {
  return end === "ok" ? end : `${end} ${code}`;
}

/** What is there: one of the sights, or a description of what is neither. */
export function look(scratch: Scratch): Sight | string {
  const names = readdirSync(scratch.hostDir);
  const found = mountsBelow(scratch.hostDir).map(({ point }) => point.slice(scratch.hostDir.length + 3));
  const mounts = found.sort().join(" ");
  const placeholders = names.length > 0 ? readdirSync(scratch.inSandbox("mounts")).join(" ") : "";
  const share = `c1-${random}-x`;
  if (names.length === 0 && mounts === "") return "nothing";
  if (mounts === " /mounts /shared" && placeholders === "") return "prepared";
  if (mounts === ` /mounts /mounts/${share} /shared /shared/${share}` && placeholders === share)
    return "shared";
  return `directories ${names}, mounts ${mounts}, in the hub ${placeholders}`;
}
