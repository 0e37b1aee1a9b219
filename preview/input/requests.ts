import type { PageState } from "../../link/state.ts";
import type { Plan, PlanRequest } from "../../mod.ts";
import { isBarePlan, readBarePlan } from "./bare-plan.ts";
import { readContainer, sandboxOfForm } from "./bundle.ts";
import { valueOfJson } from "./json-place.ts";
import { InputMistake, type Place } from "./place.ts";
import type { TypedAt, TypedRequest } from "./typed-request.ts";

/** A plan that was typed without its request. */
export interface TypedPlan {
  readonly plan: Plan;
  readonly typedAt: TypedAt;
}

/**
 * The requests of a bundle or of a text of requests, in which plans may stand, too.
 *
 * @throws {InputMistake} for what cannot be read, with its place.
 */
export function requestsOf(state: PageState): (TypedRequest | TypedPlan)[] {
  return state.from === "request" ? requestsOfText(state.request) : requestsOfBundle(state);
}

// What of a request is wrong, the core says.
function requestsOfText(text: string): (TypedRequest | TypedPlan)[] {
  const value = valueOfJson(text, (path) => ({ in: "request", path }));
  if (!Array.isArray(value)) return [requestOfValue(value, "")];
  return value.map((one: unknown, at) => requestOfValue(one, `[${at}]`));
}

function requestOfValue(value: unknown, prefix: string): TypedRequest | TypedPlan {
  const typedAt: TypedAt = { in: "request", prefix };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const place: Place = { in: "request", path: prefix };
    throw new InputMistake(
      'A request is an object, such as {"op": "prepare", "sandbox": {"id": "s1"}}',
      place,
    );
  }
  if (isBarePlan(value)) return { plan: readBarePlan(value, prefix), typedAt };
  return { request: withDigits(value as PlanRequest), typedAt };
}

// As on the command line: whoever leaves out the digits, gets some. These say that nobody rolled them.
function withDigits(request: PlanRequest): PlanRequest {
  if (request.op === "shareFile" && request.random === undefined) return { ...request, random: digits(0) };
  if (request.op !== "shareContainer" || request.random !== undefined) return request;
  const { mounts } = request.container ?? {};
  return { ...request, random: Array.from({ length: mounts?.length ?? 0 }, (_, at) => digits(at)) };
}

function digits(number: number): string {
  return number.toString(16).padStart(16, "0");
}

function requestsOfBundle(state: PageState): TypedRequest[] {
  const sandbox = sandboxOfForm(state);
  let count = 0;
  const containers = state.containers.map((_, index): TypedRequest => {
    const { container, mountsOfConfig } = readContainer(state, index);
    const random = (container.mounts ?? []).map(() => digits(count++));
    const request = { op: "shareContainer", sandbox, container, random } as const;
    return { request, typedAt: { in: "container", index, mountsOfConfig } };
  });
  return [{ request: { op: "prepare", sandbox }, typedAt: { in: "sandbox" } }, ...containers];
}
