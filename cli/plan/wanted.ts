import type { Plan, PlanRequest, Sandbox } from "../../mod.ts";
import { loadSync } from "../../mod.ts";
import { usageError } from "../failure.ts";
import { configuredSandbox } from "../input/configured.ts";
import { type InputOptions, inputOf, mountsOf } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { openShare } from "../open-share.ts";
import { randomDigits } from "./digits.ts";
import { directoryOf } from "./in-sandbox.ts";
import { withKeptDigits } from "./kept-digits.ts";
import { planOnline } from "./plan-requests.ts";
import type { PlannedRequest } from "./planned.ts";
import { wholePlan } from "./whole-plan.ts";

/** What a sandbox should be. */
export interface Wanted {
  readonly sandbox: Sandbox;
  /** All plans that make it, the one of `prepare` first; undefined where the command line names none. */
  readonly plans?: readonly Plan[];
}

/**
 * What a command line says that a sandbox should be: by bundles, requests and plans, or by single mounts. Shares that are there keep
 * their names.
 */
export async function wantedOf(io: Io, inputs: readonly string[], options: InputOptions): Promise<Wanted> {
  const mounts = mountsOf(io, options);
  if (inputs.length === 0 && mounts.length === 0) return { sandbox: await configuredSandbox(io, options) };
  if (inputs.length > 1 && (mounts.length > 0 || options.container !== undefined))
    throw usageError(
      "Cannot use --container, -v or --mount beside several inputs",
      "name one input, or leave them out",
      "they are of one container",
    );
  const planned: PlannedRequest[] = [];
  for (const input of inputs.length === 0 ? [undefined] : inputs)
    planned.push(...(await plannedOf(io, input, options)));
  const sandbox = oneSandbox(planned.map(({ request }) => request));
  const prepare = loadSync().plan({ op: "prepare", sandbox });
  const others = planned.filter(({ request }) => request.op !== "prepare");
  return { sandbox, plans: [prepare, ...others.map(wholePlan)] };
}

async function plannedOf(
  io: Io,
  input: string | undefined,
  options: InputOptions,
): Promise<readonly PlannedRequest[]> {
  const { requests, recorded } = await inputOf(io, input, options, randomDigits);
  if (recorded) return recorded;
  const open = ({ sandbox }: PlanRequest) => openShare(io, sandbox, options);
  const [first] = requests;
  const shares = first ? await (await open(first)).list() : [];
  return planOnline(withKeptDigits(requests, shares), open, io.signal);
}

function oneSandbox(requests: readonly PlanRequest[]): Sandbox {
  const [first, ...others] = requests.map(({ sandbox }) => sandbox);
  const other = others.find((one) => directoryOf(one) !== directoryOf(first as Sandbox));
  if (!other) return first as Sandbox;
  throw usageError(
    `Cannot mend sandboxes ${JSON.stringify(first?.id)} and ${JSON.stringify(other.id)} at once`,
    "mend them one by one",
  );
}
