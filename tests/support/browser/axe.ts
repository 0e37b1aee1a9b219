import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe: string = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What keeps people from using a page as it is now, by axe-core's rules: a line for each rule. */
export async function violationsIn(page: Page): Promise<string[]> {
  // Not as a script of the page: its policy would forbid that.
  await page.evaluate(`${axe}; undefined`);
  const violations = (await page.evaluate("axe.run().then(({ violations }) => violations)")) as Violation[];
  return violations.map(({ id, nodes: [first, ...others] }) => {
    const { html = "", failureSummary = "" } = first ?? {};
    return `${id}: ${html.slice(0, 200)} and ${others.length} more: ${failureSummary}`;
  });
}
