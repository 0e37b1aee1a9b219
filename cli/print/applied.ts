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

/** For people who see that: whether there was nothing to do, and by which commands it is undone. */
export function adviceText(performed: readonly Performed[], undo: readonly string[]): string {
  const nothing = isAllShared(performed) ? "Nothing to do: everything is shared already.\n" : "";
  return undo.length > 0 ? `${nothing}Undo it with:\n${undo.map((one) => `  ${one}\n`).join("")}` : nothing;
}

function isAllShared(performed: readonly Performed[]): boolean {
  const isDone = performed.every(({ obeyed }) => obeyed.every(({ changed }) => !changed));
  return (
    isDone && performed.some(({ request }) => request.op === "prepare" || request.op.startsWith("share"))
  );
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
      return [isChanged ? removedLine(request, obeyed) : `Found nothing to remove in sandbox ${id}`];
  }
}

function removedLine(request: Performed["request"], obeyed: Performed["obeyed"]): string {
  const id = escaped(request.sandbox.id);
  if ("container" in request && isKeptForOthers(obeyed))
    return `Container ${escaped(request.container.id)} uses nothing of it any more; what is mounted stays for other containers of sandbox ${id}`;
  return `Removed ${countOf(obeyed)} from sandbox ${id}`;
}

// What a container uses no more is unmounted with its last user: mounts/.users/NAME/CONTAINER says who uses mounts/NAME.
function isKeptForOthers(obeyed: Performed["obeyed"]): boolean {
  const targets = obeyed.flatMap(({ step, changed }) =>
    step.op === "umount" ? [{ target: step.target, changed }] : [],
  );
  const used = obeyed.flatMap(({ step, changed }) =>
    step.op === "unuse" && changed ? [step.path.replace(/\/\.users\/([^/]+)\/[^/]+$/, "/$1")] : [],
  );
  const isUnmounted = (path: string) => targets.some(({ target }) => target === path);
  return used.length > 0 && !used.some(isUnmounted) && !targets.some(({ changed }) => changed);
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
