import fc from "fast-check";
import { sandboxQuestion } from "./arbitrary-configurations.ts";
import { containerQuestion } from "./arbitrary-containers.ts";
import { prepareQuestion } from "./arbitrary-sandboxes.ts";
import type { Question } from "./question.ts";

const anyQuestion = fc.oneof<fc.WeightedArbitrary<Question>[]>(
  { weight: 8, arbitrary: containerQuestion },
  { weight: 2, arbitrary: sandboxQuestion },
  { weight: 1, arbitrary: prepareQuestion },
);

/** As many questions of all kinds; the same seed gives the same ones. */
export function questionsOf(seed: number, count: number): Question[] {
  return fc.sample(anyQuestion, { seed, numRuns: count });
}
