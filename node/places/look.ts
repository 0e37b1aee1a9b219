import { existsSync, realpathSync } from "node:fs";
import { type GcResult, gc, type SurveyedSandbox, survey } from "../../ffi/mod.ts";
import type { Finding, FindingCode } from "../../table/mod.ts";
import type { SandboxState } from "../monitor/status.ts";
import { type LookedSandbox, mostFindings, type Question } from "./protocol.ts";

/** Who lives, asked anew; undefined where nobody knows. */
export type AskLiving = () => Promise<ReadonlySet<string> | undefined>;

/** Loads all that a look needs: nothing more can be loaded from another mount namespace. */
export async function loadForLooks(): Promise<void> {
  const hostDir = "/proc/self/none"; // nothing is in proc that was not there before
  await survey({ hostDir });
  await gc({ hostDir });
}

/** Of these directories, those that are there, as the mount table calls them. */
export function foundOf(directories: readonly string[]): string[] {
  return [...new Set(directories.filter((one) => existsSync(one)).map((one) => realpathSync(one)))];
}

/** Looks at the sandboxes of a directory, says which of them live, and removes what dead ones left if that is asked for. */
export async function lookInto(
  hostDir: string,
  question: Question,
  askLiving: AskLiving,
): Promise<LookedSandbox[]> {
  const { sandboxes, findings } = await survey({ hostDir });
  const living = await askLiving();
  const isAllListed = living !== undefined && sandboxes.every(({ id }) => living.has(id));
  const judged = isAllListed ? [] : await judge(hostDir, question, living && askLiving);
  const results = new Map(judged.map((result) => [result.directory, result]));
  const byDirectory = groupsOf(findings);
  return sandboxes.map((one) => {
    const own = byDirectory.get(one.directory) ?? [];
    return looked(one, own, results.get(one.directory), living?.has(one.id) ?? false);
  });
}

// Without a list of the living the dead are only those whose namespace, or whose owner, is gone by proof. One that is lost is not asked for
// again in this look: a list may take half a minute to fail, and that for each sandbox.
function judge(
  hostDir: string,
  { remove, graceMs, missing }: Question,
  ask: AskLiving | undefined,
): Promise<GcResult[]> {
  let asked = ask;
  const living = async () => {
    const ids = await asked?.();
    if (ids === undefined) asked = undefined;
    return ids;
  };
  const known = missing && new Set(missing);
  return gc({ hostDir, remove, graceMs, living, ...(known && { isYoung: (id) => !known.has(id) }) });
}

const states: Readonly<Record<GcResult["state"], SandboxState>> = {
  ...{ alive: "living", dead: "dead", unknown: "unknown" },
};

function looked(
  { id, directory, found, mounts }: SurveyedSandbox,
  findings: readonly Finding[],
  result: GcResult | undefined,
  isListed: boolean,
): LookedSandbox {
  const codes: Partial<Record<FindingCode, number>> = {};
  for (const { code } of findings) codes[code] = (codes[code] ?? 0) + 1;
  const { isRemoved = false, error } = result ?? {};
  return {
    ...{ id, directory, mounts, codes, isRemoved },
    ...(found && { layout: found.layout }),
    shares: found?.shares.length ?? 0,
    ...verdictOf(result, isListed),
    findings: findings.slice(0, mostFindings).map(({ code, target, why }) => ({ code, target, why })),
    ...(error !== undefined && { why: sentenceOf(error) }),
  };
}

// One that came after the list was read has no verdict yet.
function verdictOf(result: GcResult | undefined, isListed: boolean): Pick<LookedSandbox, "state" | "reason"> {
  if (result) return { state: states[result.state], reason: result.reason };
  return isListed ? { state: "living", reason: "listed" } : { state: "unknown", reason: "young" };
}

function sentenceOf(error: unknown): string {
  const errors = error instanceof AggregateError ? error.errors : [error];
  return errors
    .map((one) => (one instanceof Error ? one.message : String(one)))
    .join("; ")
    .slice(0, 2000);
}

function groupsOf(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.directory);
    if (group) group.push(finding);
    else groups.set(finding.directory, [finding]);
  }
  return groups;
}
