import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { load } from "../../mod.ts";
import { questionsOf } from "../kata/arbitrary-questions.ts";
import { differencesOf, knownNames } from "../kata/compare.ts";
import { documentedNames } from "../kata/documented.ts";
import { readKept } from "../kata/kept.ts";
import { ourAnswer } from "../kata/our-answer.ts";
import { asTwins, withCleanPaths, withTypes } from "../kata/twins.ts";

// Answers of Kata's own functions, kept by `npm run test:kata -- PROGRAM --keep`.

const core = await load();
const kept = readKept();
const differences = kept.flatMap(({ question, kata }) => differencesOf(core, question, kata));

test("what Kata answers is what is answered here, but for known differences", () => {
  assert.ok(kept.length > 0);
  for (const { question, kata } of kept) {
    const unknown = differencesOf(core, question, kata).filter(({ names }) => names.length === 0);
    assert.deepEqual(unknown, [], JSON.stringify(question));
  }
});

test("every known difference shows in an answer of Kata's, and has its row in docs/kata.md", () => {
  const shown = new Set(differences.flatMap(({ names }) => names));
  assert.deepEqual([...shown].sort(), [...knownNames].sort());
  assert.deepEqual(documentedNames().sort(), [...knownNames].sort());
});

test("an answer that differs in another way is known for none of them", () => {
  const equal = kept.find(({ question, kata }) => {
    return (
      question.op === "container" && kata.storages?.length && differencesOf(core, question, kata).length === 0
    );
  });
  assert.ok(equal);
  const [first, ...others] = equal.kata.storages ?? [];
  const other = {
    ...equal.kata,
    storages: [{ ...first, driver: "another" }, ...others],
  } as typeof equal.kata;
  const found = differencesOf(core, equal.question, other);
  assert.deepEqual(
    found.map(({ names }) => names),
    [[]],
  );
});

// Of these Kata says something else, and nothing about the rest of the answer.
for (const [what, twinOf] of Object.entries({
  "paths that are not clean": withCleanPaths,
  "no types": withTypes,
})) {
  test(`a container with ${what} is answered as its twin without`, () => {
    let differing = 0;
    for (const question of questionsOf(1, 3000)) {
      if (question.op !== "container") continue;
      const twin = twinOf(question);
      if (isDeepStrictEqual(twin, question)) continue;
      differing += 1;
      const [answer, other] = [question, twin].map((one) => asTwins(ourAnswer(core, one)));
      assert.deepEqual(answer, other, JSON.stringify(question));
    }
    assert.ok(differing > 50);
  });
}
