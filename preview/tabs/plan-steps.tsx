import type { JSX } from "preact";
import { escaped } from "../../picture/mod.ts";
import type { Planned } from "../input/draw.ts";
import { StepList } from "../parts/step-list.tsx";

/** The steps of each plan. */
export function PlanSteps({ planned }: { readonly planned: readonly Planned[] }): JSX.Element {
  return (
    <ol class="steps">
      {planned.map(({ plan, request }, at) => (
        <li key={`request ${at + 1}`}>
          <b>{request?.op ?? "a plan"}</b>{" "}
          {request && "container" in request && <code>{escaped(request.container.id)}</code>}
          {plan.steps.length === 0 && <small>Nothing has to be done on the host.</small>}
          <StepList steps={plan.steps} />
        </li>
      ))}
    </ol>
  );
}
