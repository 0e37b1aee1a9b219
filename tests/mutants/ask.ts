import { spawn } from "node:child_process";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { testsTouchedBy } from "../support/runner/affected.ts";
import { boundNamespaces } from "../support/runner/bound-namespaces.ts";
import { chosenFiles } from "../support/runner/parts.ts";
import { sourceGraph } from "../support/runner/source-graph.ts";
import type { Checkout } from "./checkout.ts";

/** Words of `npm test` that are run together. */
export type Step = readonly string[];

const HANGS = "it hangs";
// A mutant may hang. A file of the short run takes less than half a minute, on a quiet machine.
const longestMinutes = (step: Step) => Math.min(20, 2 + step.length / 2);
const quickFirst = "core input table picture repository ttrpc agent copy faults host cli browser guest".split(
  " ",
);

/** The steps that ask the short run on Node about a file, those first that may know most: near before far. */
export function shortSteps(file: string): Step[] {
  const files = touched(file, chosenFiles([]));
  const steps: Step[] = [];
  // A few by themselves, then more and more together: the first failure comes soon, and the rest costs little.
  for (let at = 0, size = 1; at < files.length; at += size, size = Math.min(2 * size, 24))
    steps.push(["node", ...files.slice(at, at + size)]);
  return steps;
}

/** The steps that ask the rest of the short run. */
export function denoSteps(file: string): Step[] {
  const files = touched(file, chosenFiles(["deno"]));
  return files.length > 0 ? [["deno", ...files]] : [];
}

/** The steps that ask the whole run. */
export function wholeSteps(file: string): Step[] {
  return [["--all", ...touched(file, chosenFiles(["guest"]).concat(chosenFiles([])))]];
}

function touched(file: string, chosen: readonly string[]): string[] {
  const near = testsTouchedBy(sourceGraph(), [file]).filter((path) => chosen.includes(path));
  const folderOf = (path: string) => quickFirst.indexOf(path.split("/")[1] ?? "");
  // The nearest five as they are; of the others first what is quick.
  return [...near.slice(0, 5), ...near.slice(5).sort((a, b) => folderOf(a) - folderOf(b))];
}

/** The names of the tests that failed in a step. */
export async function failuresOf(checkout: Checkout, step: Step): Promise<string[]> {
  const [program = "", ...namespaces] = boundNamespaces;
  // A mutant may do anything: all but the place for temporary files is read-only for it.
  const guarded = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && exec "$@"';
  const command = [execPath, join(checkout.path, "dist/tests/run.js"), ...step];
  const child = spawn(program, [...namespaces, "sh", "-c", guarded, join(checkout.path, ".."), ...command], {
    cwd: checkout.path,
    env: { ...env, CI: "", HOME: checkout.path, DENO_DIR: join(checkout.path, "dist/deno") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const end = setTimeout(() => {
    output += `\n✖ ${HANGS} ()\n`;
    child.kill("SIGKILL");
  }, longestMinutes(step) * 60_000);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(end);
  return code === 0 ? [] : failedTests(output);
}

/**
 * The names of the tests that a run says have failed, in order, each once. A run that names none may have failed for what somebody else
 * mounted on the machine meanwhile, and has killed nothing.
 */
export function failedTests(output: string): string[] {
  const found = output.matchAll(/^✖ (?!failing tests)(.*) \(.*\)$|^(.*) \.\.\. FAILED/gm);
  return [...new Set([...found].map(([, node, deno]) => node ?? deno ?? ""))];
}
