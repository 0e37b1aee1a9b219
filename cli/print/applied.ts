import type { ContainerPlan, SharedFile } from "../../mod.ts";
import { type Performed, undosOf, wordsOf } from "../plan/undo.ts";
import { escaped } from "./escaped.ts";
import { outcomeText } from "./outcome.ts";

/** What became of requests, as data. `undo` has the words of the commands that take it back. */
export function appliedValue(performed: readonly Performed[]): object {
  return {
    operations: performed.map(({ request, obeyed, result }) => ({
      op: request.op,
      sandbox: request.sandbox.id,
      changed: obeyed.filter(({ changed }) => changed).length,
      unchanged: obeyed.filter(({ changed }) => !changed).length,
      ...(result !== undefined && { result: withoutSteps(result) }),
    })),
    undo: undosOf(performed).map(wordsOf),
  };
}

// Of a container it is the plan that was obeyed, whose steps are of no use by now.
function withoutSteps(result: unknown): unknown {
  if (typeof result !== "object" || result === null || !("steps" in result)) return result;
  const { steps: _, ...rest } = result;
  return rest;
}

/** The same for people: what the guest finds where. */
export function appliedText(performed: readonly Performed[]): string {
  return performed
    .flatMap(linesOf)
    .map((line) => `${line}\n`)
    .join("");
}

function linesOf({ request, obeyed, result }: Performed): string[] {
  const id = escaped(request.sandbox.id);
  const isChanged = obeyed.some(({ changed }) => changed);
  switch (request.op) {
    case "prepare":
      return [`${isChanged ? "Prepared" : "Found"} sandbox ${id}`];
    case "shareContainer":
      return containerLines(result as ContainerPlan);
    case "shareFile":
    case "shareRootFilesystem":
      return [
        sharedLine(request.op === "shareFile" ? request.mount.destination : "/", result as SharedFile | null),
      ];
    default:
      return [
        isChanged
          ? `Removed ${countOf(obeyed)} from sandbox ${id}`
          : `Found nothing to remove in sandbox ${id}`,
      ];
  }
}

function countOf(obeyed: Performed["obeyed"]): string {
  const count = obeyed.filter(({ step, changed }) => changed && step.op === "umount").length;
  return count === 1 ? "1 mount" : `${count} mounts`;
}

function containerLines({ rootPath, outcomes, mounts }: ContainerPlan): string[] {
  return [
    `/ is ${escaped(rootPath)} in the guest`,
    ...outcomes.map((outcome) => {
      const { destination, kind } = outcome;
      const source = mounts.find((mount) => mount.destination === destination)?.source;
      const where = source === undefined || kind === "guest" ? "" : `, ${escaped(source)} in the guest`;
      return `${outcomeText(outcome)}${where}`;
    }),
  ];
}

function sharedLine(destination: string, shared: SharedFile | null): string {
  if (shared === null) return `${escaped(destination)} is not shared: the guest has nothing of it`;
  return `${escaped(destination)} is ${escaped(shared.guestPath)} in the guest`;
}
