import type { JSX } from "preact";
import type { Step } from "../../mod.ts";
import { escaped } from "../../picture/mod.ts";
import { stepMeanings, stepText } from "./step-text.ts";

// More of them take a browser longer than a key stroke.
const MOST_STEPS = 60;

/** Steps in order, each with those that undo it. */
export function StepList({ steps }: { readonly steps: readonly Step[] }): JSX.Element {
  return (
    <>
      <ol class="steps">
        {steps.slice(0, MOST_STEPS).map((step, at) => (
          <li key={`step ${at + 1}`}>
            <StepLine step={step} />
            {step.undo.map((undo) => (
              <small key={`${undo.op} ${stepText(undo)}`}>
                undone by <StepLine step={undo} />
              </small>
            ))}
          </li>
        ))}
      </ol>
      {steps.length > MOST_STEPS && (
        <small>and {steps.length - MOST_STEPS} more, which the saved JSON has</small>
      )}
    </>
  );
}

function StepLine({ step }: { readonly step: Step }): JSX.Element {
  return (
    <>
      <b title={stepMeanings[step.op]}>{step.op}</b> <code>{escaped(stepText(step))}</code>
    </>
  );
}

/** What the words for steps mean. */
export function StepWords({ steps }: { readonly steps: readonly Step[] }): JSX.Element {
  const words = [...new Set(steps.flatMap(({ op, undo }) => [op, ...undo.map((one) => one.op)]))];
  return (
    <details class="words">
      <summary>What the steps do</summary>
      <dl>
        {words.map((word) => (
          <div key={word}>
            <dt>
              <b>{word}</b>
            </dt>
            <dd>{stepMeanings[word]}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
