import { dirname } from "node:path";
import type { GcResult, LifeReason } from "../../ffi/mod.ts";
import { countText } from "./amounts.ts";
import { columnLines } from "./columns.ts";
import { escaped } from "./escaped.ts";
import { shellWord } from "./shell-quote.ts";

const reasons: Readonly<Record<LifeReason, string>> = {
  listed: "it is named as living",
  open: "a process has its view open",
  "not-listed": "it is not named as living, and nobody has its view open",
  "namespace-gone": "the mount namespace that it lived in is gone",
  maker: "the process that opened it lives",
  "maker-gone": "the process that opened it has ended, and nobody has its view open",
  young: "it changed not long ago (--grace)",
  "no-list": "nobody names the living (--living)",
  strangers: "somebody else mounted something in it",
  elsewhere: "it lives in another mount namespace, or may",
  "not-all-seen": "not each process could be looked at",
};

/** What is known of each sandbox, as a table. */
export function garbageLines(results: readonly GcResult[]): string[] {
  const rows = results.map((result) => {
    const { id, layout, state, reason, isRemoved, error } = result;
    const holder = result.process;
    const why = holder === undefined ? reasonOf(result) : `${reasons[reason]} (process ${holder})`;
    const said = error === undefined ? why : `${why}; could not be removed: ${messageOf(error)}`;
    return [escaped(id), layout ?? "", isRemoved ? "removed" : state, escaped(said)];
  });
  return columnLines(["SANDBOX", "LAYOUT", "STATE", "WHY"], rows);
}

// Not even root may look at each process where a container or a security module hides some.
function reasonOf({ reason, id, directory }: GcResult): string {
  if (reason !== "not-all-seen") return reasons[reason];
  const command = `guestshare cleanup --id ${shellWord(id)} --host-dir ${shellWord(dirname(directory))}`;
  return `${reasons[reason]}; if you know that it is dead: ${command}`;
}

/** One line of what was removed, or would be. */
export function garbageSummary(results: readonly GcResult[], isDone: boolean): string {
  if (results.length === 0) return "No sandboxes are here.";
  const removed = results.filter(({ isRemoved }) => isRemoved).length;
  const left = results.filter(({ state, isRemoved }) => state === "dead" && !isRemoved).length;
  if (!isDone) {
    const next = left > 0 ? " Nothing was removed: --yes removes them." : "";
    return `${countText(left, "dead sandbox", "es")} of ${results.length}.${next}`;
  }
  const failed = left > 0 ? `; ${left} could not be removed` : "";
  return `${countText(removed, "sandbox", "es")} removed${failed}.`;
}

/** What an error says, and what the errors in it say. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
