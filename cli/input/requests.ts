import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Mount, PlanRequest, Sandbox } from "../../mod.ts";
import { usageError } from "../failure.ts";
import type { Io } from "../io.ts";
import { isPlanFile, plansOf } from "../plan/plan-file.ts";
import type { PlannedRequest } from "../plan/planned.ts";
import { type BundleOptions, bundleIn } from "./bundle.ts";
import { configuredSandbox } from "./configured.ts";
import { reading, textAt } from "./files.ts";
import { valueOfJson } from "./json-text.ts";
import { mountOfOption } from "./mount-option.ts";
import { mountOfVolume } from "./volume.ts";

/** The options that say what is shared. */
export interface InputOptions extends BundleOptions {
  readonly volume?: readonly string[];
  readonly mount?: readonly string[];
}

/** The container of mounts that come without one. */
const defaultContainer = "default";

/** Placeholders for random digits, different for each. They say at a glance that nobody rolled them. */
export type RollDigits = (count: number) => string[];

/** What a command line means: requests that are to be planned, or plans that were recorded before. */
export interface Input {
  readonly requests: readonly PlanRequest[];
  readonly recorded?: readonly PlannedRequest[];
}

/**
 * What a command line means: the requests of a bundle, of a JSON text, of single mounts; without any, that the sandbox is prepared.
 * Mounts that come with a bundle are mounts of its container.
 */
export async function inputOf(
  io: Io,
  input: string | undefined,
  options: InputOptions,
  roll: RollDigits,
): Promise<Input> {
  const mounts = mountsOf(io, options);
  if (input === undefined) {
    const sandbox = await configuredSandbox(io, options);
    const files = fileRequests(sandbox, mounts, options.container, roll);
    return { requests: [{ op: "prepare", sandbox }, ...files] };
  }
  if (input !== "-") {
    const path = resolve(io.cwd, input);
    const found = await reading(path, () => stat(path));
    if (found.isDirectory()) return fromBundle(io, path, mounts, options, roll);
  }
  const { id, config, container } = options;
  if (mounts.length > 0 || [id, config, container].some((given) => given !== undefined))
    throw usageError(
      "Cannot use --id, --container, --config, -v or --mount beside a request",
      "write them into the request",
      "a request says all of that itself",
    );
  return fromJson(io, input, roll);
}

/** The mounts of -v and --mount. */
export function mountsOf(io: Io, { volume = [], mount = [] }: InputOptions): Mount[] {
  const mounts = [
    ...volume.map((text) => mountOfVolume(text, io.cwd)),
    ...mount.map((text) => mountOfOption(text, io.cwd)),
  ];
  const seen = new Set<string>();
  for (const { destination } of mounts) {
    if (seen.has(destination))
      throw usageError(
        `Cannot mount twice on ${JSON.stringify(destination)}`,
        "give another destination, or leave one of the mounts out",
        "the second mount would hide the first one",
      );
    seen.add(destination);
  }
  return mounts;
}

async function fromBundle(
  io: Io,
  path: string,
  mounts: readonly Mount[],
  options: InputOptions,
  roll: RollDigits,
): Promise<Input> {
  const { sandbox, container } = await bundleIn(io, path, options);
  const all = [...(container.mounts ?? []), ...mounts];
  const whole = { ...container, mounts: all };
  return {
    requests: [
      { op: "prepare", sandbox },
      { op: "shareContainer", sandbox, container: whole, random: roll(all.length) },
    ],
  };
}

/** A request for each mount, which containers have together. */
export function fileRequests(
  sandbox: Sandbox,
  mounts: readonly Mount[],
  id: string = defaultContainer,
  roll: RollDigits,
): PlanRequest[] {
  const digits = roll(mounts.length);
  return mounts.map((mount, at) => ({
    ...({ op: "shareFile", sandbox, container: { id }, mount } as const),
    ...{ random: digits[at] as string, held: [] },
  }));
}

/** A request for each mount, which the machine has at its destination, or one of its containers. */
export function placedRequests(
  sandbox: Sandbox,
  mounts: readonly Mount[],
  id: string = "machine",
): PlanRequest[] {
  const random = "0".repeat(16); // no such name has digits
  return mounts.map((mount) => ({ op: "shareFile", sandbox, container: { id }, mount, random }));
}

// What of a request is wrong, the core says; here it only has to be an object, or a list of them.
async function fromJson(io: Io, input: string, roll: RollDigits): Promise<Input> {
  const name = input === "-" ? "stdin" : resolve(io.cwd, input);
  const value = valueOfJson(await textAt(io, input === "-" ? "-" : name), name);
  if (isPlanFile(value)) return { requests: [], recorded: plansOf(value, name) };
  const requests: unknown[] = Array.isArray(value) ? value : [value];
  if (requests.length === 0 || !requests.every((one) => typeof one === "object" && one !== null))
    throw usageError(
      `Cannot plan ${JSON.stringify(name)}`,
      'write such as {"op": "prepare", "sandbox": {"id": "s1"}}',
      "a request is a JSON object, or a list of some",
    );
  return { requests: (requests as PlanRequest[]).map((request) => withDigits(request, roll)) };
}

function withDigits(request: PlanRequest, roll: RollDigits): PlanRequest {
  if (request.op === "shareFile" && request.random === undefined)
    return { ...request, random: roll(1)[0] as string };
  if (request.op === "shareContainer" && request.random === undefined) {
    const mounts: unknown = request.container?.mounts;
    return { ...request, random: roll(Array.isArray(mounts) ? mounts.length : 0) };
  }
  return request;
}
