import type { FilesystemShare, StepError } from "../../ffi/mod.ts";
import type { Mount, PlanRequest } from "../../mod.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import { differenceOf } from "./difference.ts";
import { planOnline } from "./plan-requests.ts";
import { isToDo, type PlannedRequest } from "./planned.ts";

/**
 * Plans anew what was recorded, and compares.
 *
 * @throws {CommandError} with the first fact that changed, or for a plan that was applied already.
 */
export async function planAgain(
  recorded: readonly PlannedRequest[],
  shareOf: (request: PlanRequest) => Promise<FilesystemShare>,
  signal: AbortSignal,
): Promise<PlannedRequest[]> {
  if (await isApplied(recorded)) throw appliedAlready();
  const requests = recorded.map(({ request }) => request);
  const planned = await planOnline(requests, shareOf, signal).catch((error: unknown) => {
    throw goneSource(requests, error) ?? error;
  });
  mustBeFresh(recorded, planned);
  return planned;
}

async function isApplied(recorded: readonly PlannedRequest[]): Promise<boolean> {
  const { StepLook } = await import("./look.ts");
  const look = new StepLook();
  const now = recorded.map((one) => ({ ...one, changes: look.changesOf(one.plan) }));
  return isToDo(recorded) && !isToDo(now);
}

function appliedAlready(): CommandError {
  return new CommandError({
    what: "Cannot apply the plan: it was applied already",
    why: "all that it does is done; nothing was done now",
    next: "see `guestshare list`; for another change make a new plan by `guestshare plan -o`",
    exitCode: ExitCode.failed,
  });
}

function mustBeFresh(recorded: readonly PlannedRequest[], now: readonly PlannedRequest[]): void {
  for (const [at, before] of recorded.entries()) {
    const again = now[at];
    // A look at a source tells more of what happened than the steps that follow from it.
    const found =
      differenceOf(before.request, again?.request) ??
      differenceOf(before.plan.steps, again?.plan.steps, "steps") ??
      differenceOf(before.changes, again?.changes, "changes");
    if (!found) continue;
    const { path, before: was, now: is } = found;
    const place = `${path}${mountText(before.request, path)}`;
    throw stale(before.request.op, `${place} was ${textOf(was)}, and is ${textOf(is)}`);
  }
}

function stale(op: string | undefined, fact: string): CommandError {
  return new CommandError({
    what: `Cannot apply the plan${op === undefined ? "" : ` of ${op}`}: ${fact}`,
    why: "the plan was made for something else than what is there now; nothing was done",
    next: "look at what changed, and make a new plan by `guestshare plan -o`",
    exitCode: ExitCode.failed,
  });
}

// Undefined for an error that has another reason.
function goneSource(requests: readonly PlanRequest[], error: unknown): CommandError | undefined {
  const { name, code, step } = error as Partial<StepError>;
  if (name !== "StepError" || code !== "ENOENT" || step === undefined || !("source" in step))
    return undefined;
  const { source } = step;
  const mounts = requests.flatMap((request) => mountsOf(request).map((mount) => ({ request, mount })));
  const found = mounts.find(({ mount }) => mount.source === source);
  const of = found ? ` of ${JSON.stringify(found.mount.destination)}` : "";
  return stale(found?.request.op, `the source ${JSON.stringify(source)}${of} was there, and is not: ENOENT`);
}

// Which mount "container.mounts[7].facts.identity" is about.
function mountText(request: PlanRequest, path: string): string {
  const [found, at = "0"] = /^(?:container\.mounts\[(\d+)\]|mount)\./.exec(path) ?? [];
  if (found === undefined) return "";
  const mount = mountsOf(request)[Number(at)];
  return mount ? ` of ${JSON.stringify(mount.source)} on ${JSON.stringify(mount.destination)}` : "";
}

function mountsOf(request: PlanRequest): readonly Mount[] {
  if ("mount" in request) return [request.mount];
  return "container" in request ? (request.container.mounts ?? []) : [];
}

function textOf(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
