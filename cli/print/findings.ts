import { dirname } from "node:path";
import type { Finding, FindingCode, MendStep } from "../../table/mod.ts";
import type { Paint } from "./colors.ts";
import { escaped } from "./escaped.ts";
import { shellWord } from "./shell-quote.ts";

// Of one code in one sandbox.
const SHOWN_PLACES = 5;

// Where there is one, there may be many, and `guestshare mend` removes them all.
const leftByKilled: ReadonlySet<FindingCode> = new Set(["users-without-share", "unused-share"]);

// They are mended by another hub.
const losesShares: ReadonlySet<FindingCode> = new Set(["no-guard", "private-hub", "read-only-hub"]);
const advice = " (add its bundles or plans: without them its shares are lost)";

/**
 * Findings for people: what and where, why it matters, and what mends it. Of many places with the same fault in a sandbox, the first
 * ones are shown. Commands name the directory of sandboxes where it is another than `hostDir`.
 */
export function findingLines(findings: readonly Finding[], paint: Paint, hostDir: string): string[] {
  return groupsOf(findings).flatMap((group) => groupLines(group, paint, hostDir));
}

type Group = readonly [Finding, ...Finding[]];

function groupsOf(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.directory}`;
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()];
}

function groupLines(group: Group, paint: Paint, hostDir: string): string[] {
  const [first] = group;
  const { sandbox, code, target, why } = first;
  const begin = `${escaped(sandbox)}: ${paint("yellow", code)}`;
  const mends = (finding: Finding) => mendLines(finding, hostDir).map((line) => `  mend: ${line}`);
  if (group.length === 1) return [`${begin}  ${escaped(target)}`, `  why:  ${escaped(why)}`, ...mends(first)];
  const shown = group.slice(0, SHOWN_PLACES);
  const rest = group.length - shown.length;
  return [
    `${begin}  in ${group.length} places`,
    `  why:  ${escaped(why)}`,
    ...(leftByKilled.has(code) ? [`  mend: guestshare mend${placeOf(first, hostDir)} (all of them)`] : []),
    ...shown.flatMap((one) => [`  ${escaped(one.target)}`, ...mends(one).map((line) => `  ${line}`)]),
    ...(rest > 0 ? [`  and ${rest} more (--json lists them all)`] : []),
  ];
}

function mendLines(finding: Finding, hostDir: string): string[] {
  const { mend } = finding;
  if ("steps" in mend) return mend.steps.map(stepText);
  const named = placeOf(finding, hostDir);
  switch (mend.call) {
    case "prepare":
      return [`guestshare apply${named}`];
    case "cleanup":
      return [`guestshare cleanup${named}`];
    case "mend":
      return [`guestshare mend${named}${losesShares.has(finding.code) ? advice : ""}`];
    case "gc":
      return [`guestshare gc${hostDirOption(finding, hostDir)}`];
  }
}

function placeOf(finding: Finding, hostDir: string): string {
  return ` --id ${shellWord(finding.sandbox)}${hostDirOption(finding, hostDir)}`;
}

function hostDirOption({ directory }: Finding, hostDir: string): string {
  const own = dirname(directory);
  return own === hostDir ? "" : ` --host-dir ${shellWord(own)}`;
}

function stepText(step: MendStep): string {
  if (step.op === "umount") return `unmount ${escaped(step.target)}`;
  if (step.op === "unuse") return `remove ${escaped(step.path)}, and the directory that it leaves empty`;
  return `remove ${escaped(step.path)}, which is empty`;
}
