import type { MountDifference } from "../../mod.ts";
import type { Finding, FindingCode, MendStep } from "../audit/finding.ts";
import { HUB, VIEW } from "../sandbox-names.ts";

type Kind = MountDifference["kind"];

// What is wrong with guard, hub and view: where, and whether it is missing.
const ofFrame: { readonly [Code in FindingCode]?: readonly [place: string, kind: Kind] } = {
  "no-guard": ["", "missing"],
  "open-guard": ["", "changed"],
  "no-hub": [`/${HUB}`, "missing"],
  "private-hub": [`/${HUB}`, "changed"],
  "read-only-hub": [`/${HUB}`, "changed"],
  "no-view": [`/${VIEW}`, "missing"],
  "stale-view": [`/${VIEW}`, "changed"],
  "writable-view": [`/${VIEW}`, "changed"],
};

// What is on a share or beside it, and not the share itself.
const ofOthers: ReadonlySet<FindingCode> = new Set(["covered", "stranger", "stray-mount"]);

/**
 * What findings tell about a sandbox of this library. A share that is in `planned` has to be made again; any other share with a
 * finding goes.
 */
export function fromFindings(
  findings: readonly Finding[],
  planned: ReadonlySet<string>,
  asPlanned: (difference: MountDifference) => MountDifference,
): MountDifference[] {
  return findings.flatMap(({ code, directory, mend }) => {
    const [place, kind] = ofFrame[code] ?? [];
    if (place !== undefined && kind !== undefined) return [asPlanned({ kind, target: directory + place })];
    if (!("steps" in mend)) return [];
    const differences = mend.steps.map((step) => asPlanned(ofStep(step)));
    const share = differences.find(({ target }) => planned.has(placeOf(target)));
    if (!share || ofOthers.has(code)) return differences;
    return [{ kind: "changed", target: placeOf(share.target) }];
  });
}

function ofStep(step: MendStep): MountDifference {
  if (step.op === "umount") return { kind: "surplus", target: step.target };
  return { kind: "leftover", target: step.path };
}

// The share that a path is of: the path itself, or of a file that says who uses the share, the share's.
function placeOf(path: string): string {
  const { hub, name } = /^(?<hub>.*)\/\.users\/(?<name>[^/]+)/s.exec(path)?.groups ?? {};
  return hub === undefined ? path : `${hub}/${name}`;
}
