import { dirname } from "node:path";
import type { GcResult, LifeReason } from "../../ffi/mod.ts";
import type { Leftover } from "../../vm/mod.ts";
import { columnLines } from "./columns.ts";
import { escaped } from "./escaped.ts";
import { countText } from "./number-text.ts";
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

const ownerReasons: Readonly<Record<Leftover["state"], string>> = {
  alive: "the process that made it lives",
  dead: "the process that made it has ended",
  unknown:
    "it was made by another machine or container, or before this boot: remove it yourself if nobody uses it",
};

/** What was looked at: sandboxes, and what killed programs left beside them. */
export interface Garbage {
  readonly results: readonly GcResult[];
  readonly leftovers: readonly Leftover[];
}

/** What is known of each, as a table. */
export function garbageLines({ results, leftovers }: Garbage): string[] {
  const rows = results.map((result) => {
    const { id, layout, state, reason, isRemoved, error } = result;
    const holder = result.process;
    const why = holder === undefined ? reasonOf(result) : `${reasons[reason]} (process ${holder})`;
    return [escaped(id), layout ?? "", isRemoved ? "removed" : state, escaped(failed(why, error))];
  });
  const others = leftovers.map((leftover) => {
    const { path, state, isRemoved, error } = leftover;
    const why = `${ownerReasons[state]} (process ${leftover.process})`;
    return [escaped(path), "", isRemoved ? "removed" : state, escaped(failed(why, error))];
  });
  return columnLines(["SANDBOX", "LAYOUT", "STATE", "WHY"], [...rows, ...others]);
}

function failed(why: string, error: unknown): string {
  return error === undefined ? why : `${why}; could not be removed: ${messageOf(error)}`;
}

// Not even root may look at each process where a container or a security module hides some.
function reasonOf({ reason, id, directory }: GcResult): string {
  if (reason !== "not-all-seen") return reasons[reason];
  const command = `guestshare cleanup --id ${shellWord(id)} --host-dir ${shellWord(dirname(directory))}`;
  return `${reasons[reason]}; if you know that it is dead: ${command}`;
}

/** One line of what was removed, or would be. */
export function garbageSummary({ results, leftovers }: Garbage, isDone: boolean): string {
  const all = [...results, ...leftovers];
  if (all.length === 0) return "No sandboxes are here.";
  const left = all.filter(isLeft).length;
  const beside = (count: number) => (count > 0 ? ` and ${countText(count, "leftover")}` : "");
  if (!isDone) {
    const dead = countText(results.filter(isLeft).length, "dead sandbox", "es");
    const next = left > 0 ? " Nothing was removed: --yes removes them." : "";
    return `${dead} of ${results.length}${beside(leftovers.filter(isLeft).length)}.${next}`;
  }
  const removed = countText(results.filter(({ isRemoved }) => isRemoved).length, "sandbox", "es");
  const others = beside(leftovers.filter(({ isRemoved }) => isRemoved).length);
  const rest = left > 0 ? `; ${left} could not be removed` : "";
  return `${removed}${others} removed${rest}.`;
}

function isLeft({ state, isRemoved }: GcResult | Leftover): boolean {
  return state === "dead" && !isRemoved;
}

/** What an error says, and what the errors in it say. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
