import { sandboxOf } from "../../input/sandbox.ts";
import { type ContainerInput, emptyState, type PageState } from "../../link/state.ts";
import { type Sandbox, withAnnotations } from "../../mod.ts";
import { compactJson } from "../parts/compact-json.ts";
import { isBarePlan } from "./bare-plan.ts";
import { reading, shmSizeOf } from "./bundle.ts";
import { isMountInfo, withVolume } from "./direct-volume.ts";
import { parsedJson } from "./parsed-json.ts";
import { isTable } from "./table.ts";
import type { TakenText } from "./taken-text.ts";

/** A page on which a text is dropped. */
export interface TakingPage {
  readonly state: PageState;
  /** The source of the mount that is looked at. */
  readonly chosen?: string | undefined;
}

/**
 * The page's state after a text was dropped on it: a config.json, a request or several, what `guestshare plan --json` prints, plans
 * as the core gives them, containerd's mounts as JSON or as ctr prints them, a configuration.toml, a direct volume's mountInfo.json,
 * a mountinfo, or the JSON of findmnt. Undefined for any other text.
 *
 * @throws {InputMistake} if it is one of these, and cannot be read.
 */
export function takenText(text: string, page: TakingPage): TakenText | undefined {
  const { state } = page;
  const plain = text.replace(/^\ufeff/, "");
  if (isTable(plain)) return { state: { ...state, from: "table", table: plain }, what: "a mount table" };
  if (/^mount -t /.test(plain)) return withRootFs(plain, state, "the mounts that ctr prints");
  if (isToml(plain)) return withTomls([plain], state);
  const value = jsonOf(plain);
  return value === undefined ? undefined : takenJson(plain, value, page);
}

/** Whether a text is a configuration.toml, or a drop-in of one. */
export function isToml(text: string): boolean {
  const hasTable = /^\s*(?:#[^\n]*\n\s*)*\[[\w."-]+\]\s*(?:#[^\n]*)?$/m.test(text);
  return hasTable && !/^\s*[{[]\s*["\d{[]/.test(text);
}

/** Whether a text is a direct volume's mountInfo.json. */
export function isVolume(text: string): boolean {
  // It is short.
  if (text.length > 100_000 || !/"device"/.test(text)) return false;
  const value = jsonOf(text);
  return value !== undefined && isMountInfo(value);
}

function jsonOf(text: string): object | undefined {
  try {
    const value = parsedJson(text);
    return typeof value === "object" ? (value ?? undefined) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function takenJson(text: string, value: object, { state, chosen }: TakingPage): TakenText | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(first)) return undefined;
  if ("op" in first) return asRequest(value, state, "a request", text);
  if (first.kind === "plan")
    return asRequest(requestsIn(first.operations), state, "a plan, whose requests are planned anew");
  if (isBarePlan(first)) return asRequest(value, state, "a plan without its request", text);
  if (first === value && isMountInfo(first)) return withVolume(first, state, chosen);
  if (["Type", "type"].some((name) => name in first) && !("destination" in first))
    return withRootFs(value, state, "containerd's mounts");
  return "ociVersion" in first || "mounts" in first || "root" in first ? asBundle(text, first) : undefined;
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
function asBundle(config: string, { annotations }: Readonly<Record<string, unknown>>): TakenText {
  const container: ContainerInput = {
    config,
    beside: compactJson({ id: "c1", bundle: "/run/bundles/c1" }),
  };
  const shmSize = shmSizeOf(config);
  const sandbox = { id: "s1", ...(shmSize !== undefined && { shmSize }) };
  const own = Object.keys(isRecord(annotations) ? annotations : {}).filter((name) => ofHypervisor.test(name));
  const overridden = overriddenBy(sandbox, annotations, own);
  return {
    state: { ...emptyState, sandbox: { ...overridden }, containers: [container] },
    what: `a bundle's config.json${own.length > 0 ? ", whose annotations are taken for allowed ones" : ""}`,
  };
}

const ofHypervisor = /^io\.katacontainers\.config\.hypervisor\./;

// Only the configuration tells which annotations are allowed.
function overriddenBy(sandbox: Sandbox, annotations: unknown, own: readonly string[]): Sandbox {
  if (!isRecord(annotations)) return sandbox;
  const allow = own.map((name) => name.replace(ofHypervisor, ""));
  return reading(
    (path) => ({ in: "config", container: 0, path: `annotations.${path}` }),
    () =>
      withAnnotations(sandbox, annotations as Record<string, string>, { allow, rootlessDir: "/run/user/0" }),
  );
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

/** The page with the sandbox of a configuration.toml and its drop-ins. */
export function withTomls(tomls: readonly string[], state: PageState): TakenText {
  const { id = "s1" } = state.sandbox;
  const sandbox = reading(
    () => ({ in: "sandbox", field: "" }),
    () => sandboxOf(tomls, { id: String(id), rootlessDir: "/run/user/0" }),
  );
  const { shmSize } = state.sandbox;
  return {
    state: {
      ...state,
      from: "bundle",
      sandbox: { ...sandbox, ...(shmSize !== undefined && { shmSize }) },
    },
    what: tomls.length > 1 ? `a configuration.toml and ${tomls.length - 1} more` : "a configuration.toml",
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
