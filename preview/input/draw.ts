import type { PageState } from "../../link/state.ts";
import { type Core, type Plan, type PlanRequest, RequestError, type RequestOf } from "../../mod.ts";
import {
  auditFound,
  type Finding,
  type FoundSandbox,
  type MountTable,
  predict,
  readMountinfo,
  recognise,
} from "../../table/mod.ts";
import { Held } from "./held.ts";
import { InputMistake, type Mistake } from "./place.ts";
import { requestsOf, type TypedRequest } from "./requests.ts";
import { readTable } from "./table.ts";

/** A request with its plan, and where the request was typed. */
export interface Planned extends TypedRequest {
  readonly plan: Plan;
}

/** What an input says, to be drawn. */
export interface Drawing {
  /** What is planned; nothing of a table. */
  readonly planned: readonly Planned[];
  /** The mount table, or the one that plans make of an empty host. */
  readonly table: MountTable;
  /** The sandboxes of a table, with what is wrong with them. */
  readonly found: readonly FoundSandbox[];
  readonly findings: readonly Finding[];
  /** What could not be read, while the rest could. */
  readonly left: readonly Mistake[];
}

// Predictions begin with the root and the directory of runtimes, as every host has them.
const host = readMountinfo(`1 0 254:0 / / rw,relatime - ext4 /dev/vda rw
2 1 0:25 / /run rw,nosuid,nodev - tmpfs tmpfs rw
`).mounts;

/**
 * What an input says.
 *
 * @throws {InputMistake} for what cannot be read or is refused by the core, with its place.
 */
export function drawingOf(core: Core, state: PageState): Drawing {
  if (state.from === "table") return drawingOfTable(state.table);
  const held = new Held();
  const planned = requestsOf(state).map((typed): Planned => {
    const request = held.seenBy(typed.request);
    const plan = planning(core, { ...typed, request });
    held.add(request, plan);
    return { ...typed, request, plan };
  });
  const { mounts } = predict(
    host,
    planned.map(({ plan }) => plan),
  );
  return { planned, table: mounts.slice(host.length), found: [], findings: [], left: [] };
}

function planning(core: Core, { request, placeOf }: TypedRequest): Plan {
  try {
    return core.plan(request as RequestOf<PlanRequest["op"]>);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new InputMistake(error.message, placeOf(error.path));
  }
}

function drawingOfTable(text: string): Drawing {
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
  return { planned: [], table: mounts, found, findings: auditFound(mounts, found, {}), left };
}
