import type { BindInHub, MkdirInHub, Step, UseInHub } from "../../mod.ts";
import { isWithin } from "../path.ts";
import type { PlannedSteps } from "../predict/predict.ts";
import { HUB } from "../sandbox-names.ts";

/** A step in a sandbox's hub that makes a share. */
export type ShareStep = MkdirInHub | BindInHub | UseInHub;

/** The steps of plans that make the shares which are there after all of them, in their order: what a plan removed is left out. */
export function shareSteps(plans: readonly PlannedSteps[]): ShareStep[] {
  const kept = new Map<string, ShareStep>();
  for (const { directory, steps } of plans)
    for (const step of steps) follow(kept, step, `${directory}/${HUB}`);
  return [...kept.values()];
}

function follow(kept: Map<string, ShareStep>, step: Step, hub: string): void {
  switch (step.op) {
    case "mkdir":
      if (step.path.startsWith(`${hub}/`)) kept.set(`mkdir ${step.path}`, withoutUndo(step));
      break;
    case "bind":
      kept.set(`bind ${step.target}`, withoutUndo(step));
      break;
    case "use":
      kept.set(`use ${step.path}`, withoutUndo(step));
      break;
    case "unuse":
      kept.delete(`use ${step.path}`);
      break;
    case "remove":
      kept.delete(`mkdir ${step.path}`);
      break;
    case "umount":
      if (isWithin(hub, step.target)) kept.clear();
      else kept.delete(`bind ${step.target}`);
      break;
  }
}

function withoutUndo<S extends Step>(step: S): Omit<S, "undo"> {
  const { undo: _, ...rest } = step;
  return rest;
}
