import type { PlanRequest, SourceFacts } from "../mod.ts";

/** A container as the page has it: texts, which may be half-typed. */
export interface ContainerInput {
  /** The bundle's config.json. */
  readonly config: string;
  /** What a config.json does not have, as JSON: the id, the bundle, `rootFs` and disks. */
  readonly beside: string;
}

/** Which input the picture is of. */
export type InputKind = "bundle" | "request" | "table";

/** All that the page shows follows from this. */
export interface PageState {
  /** Which of the inputs is drawn; the others are kept. */
  readonly from: InputKind;
  /** The fields of the sandbox. A wrong type is refused by the core, with its place. */
  readonly sandbox: Readonly<Record<string, unknown>>;
  /** The containers of the pod, in the order in which they begin. */
  readonly containers: readonly ContainerInput[];
  /** What is known of sources, by their paths. A guess stands for the others. */
  readonly facts: Readonly<Record<string, SourceFacts>>;
  /** A request or a list of requests, as JSON. */
  readonly request: string;
  /** A mount table: mountinfo, or the JSON of findmnt. */
  readonly table: string;
}

/** A page without any input. */
export const emptyState: PageState = {
  from: "bundle",
  sandbox: { id: "s1" },
  containers: [],
  facts: {},
  request: "",
  table: "",
};

/** The state of a page that draws requests. */
export function stateOfRequests(requests: readonly PlanRequest[]): PageState {
  return { ...emptyState, from: "request", request: JSON.stringify(requests, null, 2) };
}

/** The state of a page that draws the container of a config.json, with what is known of the container beside it. */
export function stateOfBundle(config: string, beside: object): PageState {
  return { ...emptyState, containers: [{ config, beside: `${JSON.stringify(beside, null, 2)}\n` }] };
}

/** The state of a page that draws the text of a mount table. */
export function stateOfTable(table: string): PageState {
  return { ...emptyState, from: "table", table };
}

/** A value as a page's state: what it lacks is as in `emptyState`. Undefined if a field has a wrong type. */
export function stateFrom(value: unknown): PageState | undefined {
  if (!isRecord(value)) return undefined;
  const state = { ...emptyState, ...value };
  const isState =
    ["bundle", "request", "table"].includes(state.from) &&
    isRecord(state.sandbox) &&
    isRecord(state.facts) &&
    Object.values(state.facts).every(isRecord) &&
    Array.isArray(state.containers) &&
    state.containers.every(isContainer) &&
    typeof state.request === "string" &&
    typeof state.table === "string";
  return isState ? state : undefined;
}

function isContainer(value: unknown): boolean {
  return isRecord(value) && typeof value.config === "string" && typeof value.beside === "string";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
