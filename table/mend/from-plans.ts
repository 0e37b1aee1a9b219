import type { MountDifference } from "../../mod.ts";
import { differ } from "../differ.ts";
import type { MountTable } from "../mount-entry.ts";
import { isWithin, pathBelow } from "../path.ts";
import { type PlannedSteps, type PredictOptions, predict } from "../predict/predict.ts";
import { namedShare } from "../recognise/share-name.ts";
import { HUB, VIEW } from "../sandbox-names.ts";
import { shareSteps } from "./share-steps.ts";

/** What the table does not tell. */
export interface Untold extends PredictOptions {
  /** The containers that use a share, by the path where it is mounted. */
  readonly users?: Readonly<Record<string, readonly string[]>> | undefined;
}

/**
 * What differs between a table and what plans would make of it. A plan that would fail as a whole says nothing about its
 * shares: a source may be gone, or the table may not tell it.
 */
export function fromPlans(
  table: MountTable,
  plans: readonly PlannedSteps[],
  options: Untold,
): MountDifference[] {
  const { directory = "" } = plans[0] ?? {};
  const real = options.realPaths?.[directory] ?? directory;
  const unknown = placesOfFailed(table, plans, real, options);
  const shares = new Set(shareSteps(plans).flatMap((step) => (step.op === "bind" ? step.target : [])));
  const isPlanned = (target: string) => shares.has(directory + pathBelow(target, real));
  return differ(table, plans, options)
    .filter(({ target }) => !unknown.some((place) => isWithin(target, place)))
    .flatMap(({ kind, target }): MountDifference[] => {
      const isAlone = kind === "surplus" && !isPlanned(target);
      return [{ kind, target }, ...(isAlone ? leftoversOf(target, `${real}/${HUB}`, options) : [])];
    });
}

const frame: ReadonlySet<string> = new Set(["guard", "hub", "view"]);

// Where shares of plans would be, in hub and view, that cannot be performed any more.
function placesOfFailed(
  table: MountTable,
  plans: readonly PlannedSteps[],
  real: string,
  options: Untold,
): string[] {
  const before = table.filter(({ target }) => !isWithin(target, real));
  const failed = new Set(predict(before, plans, options).failures.map(({ plan }) => plan));
  return [...failed].flatMap((at) => {
    const { directory, steps } = plans[at] as PlannedSteps;
    // Where the sandbox itself would not be made again, all that it has stays.
    if (steps.some(({ op }) => frame.has(op))) return [real];
    return steps.flatMap((step) => {
      if (step.op !== "bind") return [];
      const name = pathBelow(step.target, `${directory}/${HUB}`);
      return [`${real}/${HUB}${name}`, `${real}/${VIEW}${name}`];
    });
  });
}

// A share that no plan makes goes with what it was mounted on, and with its users.
function leftoversOf(target: string, hub: string, { users = {} }: Untold): MountDifference[] {
  const name = pathBelow(target, hub).slice(1);
  if (!isWithin(target, hub) || name === "" || namedShare(name).kind === "unknown") return [];
  const files = (users[target] ?? []).map((user) => `${hub}/.users/${name}/${user}`);
  return [target, ...files].map((path) => ({ kind: "leftover", target: path }));
}
