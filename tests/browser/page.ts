// Runs in the page of chromium.test.ts.
import { load } from "../../mod.ts";
import { answerOf, digestOf, type Row, requestOf } from "../support/fixtures/rows.ts";

/** What the core says in this browser to each row of the fixtures, in order. */
export async function answersTo(files: readonly string[]): Promise<{ answers: string[]; digest: string }> {
  const core = await load();
  const answers: string[] = [];
  for (const file of files) {
    const response = await fetch(`/tests/fixtures/${file}`);
    const entries = (await response.json()) as (string | Row)[];
    for (const entry of entries)
      if (typeof entry !== "string") answers.push(answerOf(core, requestOf(entry)));
  }
  return { answers, digest: await digestOf(answers) };
}
