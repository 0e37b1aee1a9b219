import { open } from "node:fs/promises";
import { usageError } from "../failure.ts";
import { writing } from "../input/files.ts";
import { jsonText, schemaVersion } from "../print/json.ts";
import { type PlannedRequest, summaryOf } from "./planned.ts";

/** Plans as data: what `plan --json` prints, and what `plan -o` writes for `apply`. */
export interface PlanFile {
  /** Whether it may be applied: whether the sources were looked at. */
  readonly isApplicable: boolean;
  readonly planned: readonly PlannedRequest[];
}

/** The text of a file of plans. What is printed may have a link to the page beside them. */
export function planFileText({ isApplicable, planned }: PlanFile, link?: string): string {
  const operations = planned.map(({ request, plan, changes }) => ({
    op: request.op,
    changes,
    plan,
    request,
  }));
  const summary = summaryOf(planned);
  return jsonText({ kind: "plan", isApplicable, summary, ...(link && { link }), operations });
}

/** Writes a file of plans, which only its owner may read: it names what a sandbox shares. */
export async function writePlanFile(path: string, file: PlanFile): Promise<void> {
  await writing(path, async () => {
    const opened = await open(path, "w", 0o600);
    try {
      // One that was there before may be anybody's to read.
      if ((await opened.stat()).isFile()) await opened.chmod(0o600);
      await opened.writeFile(planFileText(file));
    } finally {
      await opened.close();
    }
  });
}

/** Whether a value is what such a file holds, and no request. */
export function isPlanFile(value: unknown): boolean {
  return isObject(value) && "kind" in value && value.kind === "plan";
}

/**
 * The plans of such a file.
 *
 * @throws {CommandError} for another major version, a plan that was made offline, and what is none.
 */
export function plansOf(value: unknown, name: string): PlannedRequest[] {
  const refuse = (why: string) =>
    usageError(`Cannot apply ${JSON.stringify(name)}`, "make a new one by `guestshare plan -o`", why);
  const file = value as { schemaVersion?: unknown; isApplicable?: unknown; operations?: unknown };
  if (file.schemaVersion !== schemaVersion)
    throw refuse(
      `it has version ${JSON.stringify(file.schemaVersion)} of its format, and ${schemaVersion} is known`,
    );
  if (file.isApplicable !== true) throw refuse("it was planned offline, without a look at the sources");
  const operations: unknown = file.operations;
  if (!Array.isArray(operations) || !operations.every(isPlanned)) throw refuse("it is damaged");
  return operations;
}

function isPlanned(value: unknown): value is PlannedRequest {
  if (!isObject(value)) return false;
  const { request, plan, changes } = value as Partial<PlannedRequest>;
  return isObject(request) && isObject(plan) && Array.isArray(plan.steps) && Array.isArray(changes);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
