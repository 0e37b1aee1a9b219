import { sandboxOf } from "../../input/sandbox.ts";
import { type ContainerInput, emptyState, type PageState } from "../../link/state.ts";
import { compactJson } from "../parts/compact-json.ts";
import { reading, shmSizeOf } from "./bundle.ts";
import { isTable } from "./table.ts";

/** A text that somebody dropped or pasted, as a change of the page. */
export interface TakenText {
  readonly state: PageState;
  /** What it was taken for. */
  readonly what: string;
}

/**
 * The page's state after a text was dropped on it: a config.json, a request or several, what `guestshare plan --json` prints,
 * containerd's mounts as JSON or as ctr prints them, a configuration.toml, a mountinfo, or the JSON of findmnt. Undefined for
 * any other text.
 *
 * @throws {InputMistake} if it is one of these, and cannot be read.
 */
export function takenText(text: string, state: PageState): TakenText | undefined {
  const plain = text.replace(/^\ufeff/, "");
  if (isTable(plain)) return { state: { ...state, from: "table", table: plain }, what: "a mount table" };
  if (/^mount -t /.test(plain)) return withRootFs(plain, state, "the mounts that ctr prints");
  if (/^\s*(?:#[^\n]*\n\s*)*\[[\w."-]+\]\s*(?:#[^\n]*)?$/m.test(plain) && !isJson(plain))
    return withToml(plain, state);
  return isJson(plain) ? takenJson(plain, JSON.parse(plain), state) : undefined;
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

function takenJson(text: string, value: unknown, state: PageState): TakenText | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(first)) return undefined;
  if ("op" in first) return asRequest(value, state, "a request", text);
  if (first.kind === "plan")
    return asRequest(requestsIn(first.operations), state, "a plan, whose requests are planned anew");
  if (["Type", "type"].some((name) => name in first) && !("destination" in first))
    return withRootFs(value, state, "containerd's mounts");
  return "ociVersion" in first || "mounts" in first || "root" in first ? asBundle(text) : undefined;
}

function requestsIn(operations: unknown): unknown[] {
  return Array.isArray(operations) ? operations.map((one) => (isRecord(one) ? one.request : one)) : [];
}

// Over several lines, unless that would take longer than to draw it.
function asRequest(value: unknown, state: PageState, what: string, text = ""): TakenText {
  const request = text.length > MOST_FORMATTED ? text : compactJson(value);
  return { state: { ...state, from: "request", request }, what };
}

const MOST_FORMATTED = 400_000;

/** A page with one bundle alone. */
function asBundle(config: string): TakenText {
  const container: ContainerInput = {
    config,
    beside: compactJson({ id: "c1", bundle: "/run/bundles/c1" }),
  };
  const shmSize = shmSizeOf(config);
  const sandbox = { id: "s1", ...(shmSize !== undefined && { shmSize }) };
  return { state: { ...emptyState, sandbox, containers: [container] }, what: "a bundle's config.json" };
}

// Of the first container: it is the one that a person looks at.
function withRootFs(rootFs: unknown, state: PageState, what: string): TakenText {
  const [first, ...others] = state.containers;
  const beside = { ...parsed(first?.beside ?? "{}"), rootFs };
  const container = {
    config: first?.config ?? '{\n  "root": { "path": "rootfs" },\n  "mounts": []\n}',
    beside: compactJson({ id: "c1", bundle: "/run/bundles/c1", ...beside }),
  };
  return { state: { ...state, from: "bundle", containers: [container, ...others] }, what };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function withToml(toml: string, state: PageState): TakenText {
  const { id = "s1" } = state.sandbox;
  const sandbox = reading(
    () => ({ in: "sandbox", field: "" }),
    () => sandboxOf(toml, { id: String(id) }),
  );
  const { shmSize } = state.sandbox;
  return {
    state: {
      ...state,
      from: "bundle",
      sandbox: { ...sandbox, ...(shmSize !== undefined && { shmSize }) },
    },
    what: "a configuration.toml",
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
