import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { violationsIn } from "../support/browser/axe.ts";
import type { OpenOptions } from "../support/browser/open-page.ts";
import { pageStates } from "../support/browser/page-states.ts";
import { previewFor } from "../support/browser/preview.ts";
import { packageRoot } from "../support/package-root.ts";
import { sampleOf } from "../support/sample.ts";

// What the page looks like in each state, kept as pictures for whoever changes it, and whether anybody is kept from it there.

const { skip, open } = await previewFor("that the page is for everybody, in each state");

const folder = join(packageRoot, "dist/screenshots");
mkdirSync(folder, { recursive: true });

const phone = { width: 390, height: 844 };
const looks: readonly (readonly [name: string, look: Omit<OpenOptions, "hash" | "isDrawn">])[] = [
  ["wide, light", {}],
  ["wide, dark", { colorScheme: "dark" }],
  ["phone, light", phone],
  ["phone, dark", { ...phone, colorScheme: "dark" }],
  ["forced colors", { forcedColors: "active", colorScheme: "dark" }],
];

// Every look of every state would be as long as all other tests of the page.
function isJudged(state: number, look: number): boolean {
  return look < 2 || look === 2 + (state % 3);
}

for (const [at, { name, hash, bring }] of sampleOf([...pageStates.entries()], 9)) {
  test(`nothing keeps anybody from the page: ${name}`, { skip }, async () => {
    const opened = await open({ hash });
    await bring(opened);
    for (const [index, [look, options]] of looks.entries()) {
      await opened.look(options);
      await opened.page.screenshot({ path: join(folder, `${name}, ${look}.png`), fullPage: true });
      if (isJudged(at, index)) assert.deepEqual(await violationsIn(opened.page), [], look);
    }
    await opened.close();
  });
}
