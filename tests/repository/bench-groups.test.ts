import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceOf } from "../../bench/groups.ts";

test("words choose groups of figures, in the order in which they are measured; without words, all are", () => {
  assert.deepEqual(choiceOf([]), {
    groups: ["core", "plan", "mounts", "apply", "unshare", "audit", "node", "cold", "cli", "copy"],
    isJson: false,
  });
  assert.deepEqual(choiceOf(["mounts", "--json", "plan"]), { groups: ["plan", "mounts"], isJson: true });
});

test("a word that chooses nothing is refused, with the groups that there are", () => {
  for (const word of ["copies", "", "--jason", "toString"]) {
    const message = `Cannot measure "${word}": there is no such group; known are core, plan, mounts, apply, unshare, audit, node, cold, cli, copy`;
    assert.throws(() => choiceOf(["plan", word]), { message });
  }
});
