import type { PageState } from "../../link/state.ts";
import { type Core, type Plan, type PlanRequest, RequestError, type RequestOf } from "../../mod.ts";
import { auditFound, type Finding, type FoundSandbox, type MountTable, recognise } from "../../table/mod.ts";
import { Held } from "./held.ts";
import { InputMistake, type Mistake } from "./place.ts";
import { causeOf, refusedText } from "./refused.ts";
import { requestsOf } from "./requests.ts";
import { readTable } from "./table.ts";
import { placeOf, type TypedAt, type TypedRequest } from "./typed-request.ts";

/** A plan, and where it or its request was typed. */
export interface Planned {
  /** Absent if somebody typed a plan. */
  readonly request?: PlanRequest | undefined;
  readonly plan: Plan;
  readonly typedAt: TypedAt;
}

/** What an input says, to be drawn. Data, so that a worker can send it. */
export interface Drawn {
  /** What is planned; nothing of a table. */
  readonly planned: readonly Planned[];
  /** The mounts of a table; nothing of plans. */
  readonly mounts: MountTable;
  /** The sandboxes of a table, with what is wrong with them. */
  readonly found: readonly FoundSandbox[];
  readonly findings: readonly Finding[];
  /** What could not be read, while the rest could. */
  readonly left: readonly Mistake[];
}

/**
 * What an input says.
 *
 * @throws {InputMistake} for what cannot be read or is refused by the core, with its place.
 */
export function drawnOf(core: Core, state: PageState): Drawn {
  if (state.from === "table") return drawnOfTable(state.table);
  const held = new Held();
  const typed = requestsOf(state);
  const planned = typed.map((one, at): Planned => {
    if ("plan" in one) return one;
    const request = held.seenBy(one.request);
    const plan = planning(core, { ...one, request });
    // What the last one adds, nobody asks for.
    if (at < typed.length - 1) held.add(request, plan);
    return { ...one, request, plan };
  });
  return { planned, mounts: [], found: [], findings: [], left: [] };
}

function planning(core: Core, { request, typedAt }: TypedRequest): Plan {
  try {
    return core.plan(request as RequestOf<PlanRequest["op"]>);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const place = placeOf(typedAt, request, causeOf(error, request));
    throw new InputMistake(refusedText(error, request), place);
  }
}

function drawnOfTable(text: string): Drawn {
  const { mounts, refused } = readTable(text);
  const found = recognise(mounts);
  const left = refused.map(
    ({ line, reason, subject }): Mistake => ({
      message: `Line ${line} was left out: ${reason} in ${JSON.stringify(subject)}`,
      place: { in: "table", line },
    }),
  );
  if (mounts.length === 0)
    throw new InputMistake(
      left[0]?.message ?? "No mount is in it: a mountinfo or the JSON of findmnt is expected",
      { in: "table", line: left[0] ? (refused[0]?.line ?? 0) : 0 },
    );
  return { planned: [], mounts, found, findings: auditFound(mounts, found, {}), left };
}
