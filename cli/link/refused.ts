import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { PageState } from "../../link/state.ts";
import { stateOfBundle, stateOfRequests } from "../../link/state.ts";
import {
  FormatError,
  loadSync,
  type Mount,
  type PlanRequest,
  RequestError,
  type RequestOf,
} from "../../mod.ts";
import { containerIdOf } from "../input/configured.ts";
import type { InputOptions } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { linkTo } from "./page-address.ts";

/** An error with the address of the page that marks its place. */
export class LinkedError extends Error {
  override readonly name = "LinkedError";
  readonly link: string;

  constructor(link: string, cause: unknown) {
    super("see the cause", { cause });
    this.link = link;
  }
}

/** What is known of a failure when it is linked. */
export interface Refused {
  /** The input as the command line has it. */
  readonly input: string | undefined;
  readonly options: InputOptions;
  /** What the input means, once that is known. */
  readonly requests: readonly PlanRequest[] | undefined;
}

/** The error, with a link if the page marks what is wrong; the error alone if the page would plan what failed here. */
export async function linked(io: Io, page: string, error: unknown, refused: Refused): Promise<unknown> {
  const state = refused.requests
    ? stateOfRefused(refused.requests, error)
    : await stateOfUnread(io, error, refused);
  const link = state && (await linkTo(io, page, state));
  return link === undefined ? error : new LinkedError(link, error);
}

function stateOfRefused(requests: readonly PlanRequest[], error: unknown): PageState | undefined {
  const missing = missingSource(error);
  const known = missing === undefined ? requests : requests.map((one) => withMissing(one, missing));
  return known.some(isRefused) ? stateOfRequests(known) : undefined;
}

function isRefused(request: PlanRequest): boolean {
  try {
    loadSync().plan(request as RequestOf<PlanRequest["op"]>);
    return false;
  } catch (error) {
    return error instanceof RequestError;
  }
}

// The source of the step that failed because nothing is there.
function missingSource(error: unknown): string | undefined {
  const { name, code, step } = error as { name?: string; code?: string; step?: { source?: string } };
  return name === "StepError" && code === "ENOENT" ? step?.source : undefined;
}

function withMissing(request: PlanRequest, source: string): PlanRequest {
  const seen = (mount: Mount): Mount =>
    mount.source === source ? { ...mount, facts: { ...mount.facts, kind: "missing" } } : mount;
  if (request.op === "shareFile") return { ...request, mount: seen(request.mount) };
  if (request.op !== "shareContainer") return request;
  return { ...request, container: { ...request.container, mounts: request.container.mounts?.map(seen) } };
}

// A config.json that cannot be read, as it is.
async function stateOfUnread(
  { cwd }: Io,
  error: unknown,
  { input, options }: Refused,
): Promise<PageState | undefined> {
  if (input === undefined || !(error instanceof FormatError) || error.format !== "config.json")
    return undefined;
  const bundle = resolve(cwd, input);
  const config = await readFile(join(bundle, "config.json"), "utf8");
  return stateOfBundle(config, { id: containerIdOf(bundle, options.container), bundle });
}
