import type { Plan, Step } from "../../mod.ts";
import { escaped } from "./escaped.ts";
import { binding } from "./shell-binding.ts";
import { adding, functions } from "./shell-functions.ts";
import { shellWord } from "./shell-quote.ts";
import { shellCommand, titleOf } from "./shell-step.ts";

interface NumberedStep {
  readonly step: Step;
  readonly number: number;
}

/**
 * A POSIX script of util-linux's commands (2.38 and later) that makes what the plans of one sandbox make, one after the other: the
 * same mounts, with the same attributes and propagation. If a step of a plan that adds fails, the steps before it are undone.
 *
 * @throws {ShellError} for a step that these commands cannot perform.
 */
export function shellScript(plans: readonly Plan[]): string {
  const directory = plans[0]?.directory ?? "";
  const steps = plans.flatMap((plan) => plan.steps);
  const isAdding = plans.some(adds);
  let number = 0;
  const parts = plans
    .filter((plan) => plan.steps.length > 0)
    .map((plan) => {
      const numbered = plan.steps.map((step) => ({ step, number: ++number }));
      return adds(plan) ? addingPart(plan, numbered) : removingPart(numbered);
    });
  return [
    headOf(directory),
    functions,
    ...(isAdding ? [adding] : []),
    ...(steps.some(({ op }) => op === "bind") ? [binding] : []),
    ...(isAdding ? [undoFunction(steps)] : []),
    `sandbox=${shellWord(directory)}\n`,
    ...parts,
    'exit "$failed"\n',
  ].join("\n");
}

function headOf(directory: string): string {
  return `#!/bin/sh
# Makes with util-linux what guestshare makes of a plan for ${escaped(directory)}.
# Run it as root, in the mount namespace of the sandbox. It goes by paths, where guestshare holds what it has opened: nobody may
# exchange the sources while it runs. A server that does not answer makes it wait.
set -eu
failed=0
step='0 begin'
LC_ALL=C
export LC_ALL
umask 077
`;
}

function adds({ steps }: Plan): boolean {
  return steps.some(({ undo }) => undo.length > 0);
}

// The lock is a lock of the sandbox's directory, which the first step of `prepare` makes.
function addingPart({ directory, steps }: Plan, numbered: readonly NumberedStep[]): string {
  const [first] = steps;
  const lines = numbered.map(linesOf);
  const isMaking = first?.op === "mkdir" && first.path === directory;
  const isPreparing = steps.some(({ op }) => op === "hub" || op === "view");
  lines.splice(isMaking ? 1 : 0, 0, "lock", ...(isPreparing ? [] : ["prepared"]));
  return `${lines.join("\n")}\n`;
}

// What is not there any more is removed already. A step that fails keeps no other one from being done.
function removingPart(steps: readonly NumberedStep[]): string {
  const lines = steps.map((step) => `${linesOf(step)} || failed=1`);
  return ['if [ -d "$sandbox" ]; then', "lock", ...lines, "fi", ""].join("\n");
}

function linesOf({ step, number }: NumberedStep): string {
  return `step=${shellWord(`${number} ${titleOf(step)}`)}\n${shellCommand(step, number)}`;
}

function undoFunction(steps: readonly Step[]): string {
  const cases = steps.flatMap(({ undo }, index) => {
    const commands = undo.map((step) => shellCommand(step, index + 1));
    return commands.length > 0 ? [`    ${index + 1}) ${commands.join("; ")} ;;`] : [];
  });
  return ["undo() {", "  case $1 in", ...cases, "  esac", "}", ""].join("\n");
}
