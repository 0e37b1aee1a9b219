import type { PageState } from "../../link/state.ts";
import type { PlanRequest } from "../../mod.ts";
import { readContainer, sandboxOfForm, sourceOf } from "./bundle.ts";
import { valueOfJson } from "./json-place.ts";
import { InputMistake, type Place } from "./place.ts";

/** A request, and where a path of it was typed. */
export interface TypedRequest {
  readonly request: PlanRequest;
  placeOf(path: string): Place;
}

/**
 * The requests of a bundle or a request.
 *
 * @throws {InputMistake} for what cannot be read, with its place.
 */
export function requestsOf(state: PageState): TypedRequest[] {
  return state.from === "request" ? requestsOfText(state.request) : requestsOfBundle(state);
}

// What of a request is wrong, the core says.
function requestsOfText(text: string): TypedRequest[] {
  const value = valueOfJson(text, (path) => ({ in: "request", path }));
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((one, at) => {
    const prefix = Array.isArray(value) ? `[${at}]` : "";
    const placeOf = (path: string): Place => ({ in: "request", path: joined(prefix, path) });
    if (typeof one !== "object" || one === null || Array.isArray(one))
      throw new InputMistake(
        'A request is an object, such as {"op": "prepare", "sandbox": {"id": "s1"}}',
        placeOf(""),
      );
    return { request: withDigits(one as PlanRequest), placeOf };
  });
}

function joined(prefix: string, path: string): string {
  return prefix === "" || path === "" || path.startsWith("[") ? `${prefix}${path}` : `${prefix}.${path}`;
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
    const placeOf = (path: string) => placeInBundle(path, index, mountsOfConfig, container);
    return { request: { op: "shareContainer", sandbox, container, random }, placeOf };
  });
  return [{ request: { op: "prepare", sandbox }, placeOf: placeInSandbox }, ...containers];
}

function placeInSandbox(path: string): Place {
  const [field = ""] = path.replace(/^sandbox\.?/, "").split(/[.[]/);
  return { in: "sandbox", field };
}

function placeInBundle(
  path: string,
  index: number,
  mountsOfConfig: number,
  {
    mounts = [],
    bundle,
  }: { mounts?: readonly { source?: string | undefined }[] | undefined; bundle?: string | undefined },
): Place {
  if (path.startsWith("sandbox")) return placeInSandbox(path);
  const [, at, rest = ""] = /^(?:container\.mounts|random)\[(\d+)\](.*)$/s.exec(path) ?? [];
  const container = index;
  if (at !== undefined && Number(at) < mountsOfConfig) {
    const source = sourceOf(mounts[Number(at)]?.source, bundle);
    if (rest.startsWith(".facts") && source !== undefined) return { in: "source", source };
    return { in: "config", container, path: `mounts[${at}]${rest}` };
  }
  const field = path.replace(/^container\.?/, "");
  if (field.startsWith("annotations")) return { in: "config", container, path: field };
  if (field.startsWith("hugepageLimits"))
    return { in: "config", container, path: `linux.resources.${field}` };
  return { in: "beside", container, path: field };
}
