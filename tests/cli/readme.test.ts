import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../../cli/program.ts";
import { sessionOf, shownCommands } from "../support/cli/session.ts";
import { packageRoot } from "../support/package-root.ts";
import { mountTest } from "../support/scratch.ts";

// What the README shows of the command is what the command prints.

const readme = readFileSync(join(packageRoot, "README.md"), "utf8");

// Names of shares have digits that were rolled: the first ones become 1, the next ones 2.
function withoutChance(text: string): string {
  const seen: string[] = [];
  return text.replace(/[0-9a-f]{16}/g, (digits) => {
    if (!seen.includes(digits)) seen.push(digits);
    return `<${seen.indexOf(digits) + 1}>`;
  });
}

mountTest("the README's session runs as it says", () => {
  const shown = shownCommands(readme);
  const printed = sessionOf(shown.map(({ line }) => line));
  const names = shown.flatMap(({ line }) => /^guestshare (\w+)/.exec(line)?.[1] ?? []);
  assert.ok(new Set(names).size >= 5, `only ${names} are shown`);
  assert.deepEqual(
    shown.map(({ line }, at) => [line, withoutChance(printed[at] ?? "")]),
    shown.map(({ line, output }) => [line, withoutChance(output)]),
  );
});

mountTest("the README names each command", () => {
  const [, text = ""] = /^## From a shell\n([\s\S]*?)^## /m.exec(readme) ?? [];
  const named = [...text.matchAll(/`([a-z]+)`|^\$ guestshare ([a-z]+)/gm)].map(
    ([, word, shown]) => word ?? shown,
  );
  const visible = commands.filter((row) => !("isHidden" in row)).map(({ name }) => name);
  assert.ok(visible.length >= 10);
  assert.deepEqual(
    visible.filter((name) => !named.includes(name)),
    [],
  );
});

mountTest("the README has at most 200 lines, and the two lines that a stranger types first", () => {
  assert.ok(readme.split("\n").length <= 201);
  assert.match(readme, /^ {4}npm install && npm start\n {4}npm test$/m);
});
