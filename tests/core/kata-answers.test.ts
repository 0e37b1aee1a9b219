import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../mod.ts";
import { differencesOf, knownNames } from "../kata/compare.ts";
import { documentedNames } from "../kata/documented.ts";
import { readKept } from "../kata/kept.ts";

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
