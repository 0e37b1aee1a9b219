/**
 * Waits for changes of the sources, builds, and runs the tests that a change touches: `npm run test:watch -- WORDS`. The
 * words are those of `npm test`; without a runtime among them, the tests run on Node. What a change touches is said by what
 * imports what. Changes whose tests failed are tested again with the next one.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./support/package-root.ts";
import { testsTouchedBy } from "./support/runner/affected.ts";
import { Changes } from "./support/runner/changes.ts";
import { ChoiceError } from "./support/runner/choice.ts";
import { chosenFiles, partWords } from "./support/runner/parts.ts";
import { files, folders, sourceGraph } from "./support/runner/source-graph.ts";

let running: ChildProcess | undefined;

/** Builds, and runs what the changes of some files touch; whether all of it passed, and came to its end. */
async function passes(changed: readonly string[], words: readonly string[]): Promise<boolean> {
  console.log(`\n=== Changed: ${changed.join(" ")}`);
  for (const script of buildsAfter(changed))
    if (!(await succeeds("npm", ["run", "--silent", script]))) return false;
  const touched = testsTouchedBy(sourceGraph(), changed);
  const chosen = chosenFiles(words).filter((file) => touched.includes(file));
  console.log(`Files of tests that it touches: ${chosen.length}`);
  if (chosen.length === 0) return true;
  const program = join(packageRoot, "dist/tests/run.js");
  return succeeds(process.execPath, [program, ...runtimeOf(words), ...partWords(words), ...chosen]);
}

function buildsAfter(changed: readonly string[]): string[] {
  return [
    ...(changed.some((path) => path.startsWith("core/")) ? ["build:core"] : []),
    ...(changed.includes("wasm/types.ts") ? ["build:schema"] : []),
    "build",
  ];
}

const runtimeOf = (words: readonly string[]) =>
  words.includes("node") || words.includes("deno") ? [] : ["node"];

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(program, args, { cwd: packageRoot, stdio: "inherit" });
  running = child;
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      running = undefined;
      resolve(code === 0);
    });
  });
}

async function main(words: readonly string[]): Promise<void> {
  console.log(`Waiting for changes that touch any of ${chosenFiles(words).length} files of tests`);
  const changes = new Changes(() => running?.kill("SIGTERM"));
  for (const folder of folders)
    watch(join(packageRoot, folder), { recursive: true }, (_, name) =>
      changes.note(join(folder, name ?? "")),
    );
  for (const file of files) watch(join(packageRoot, file), () => changes.note(file));
  const untested = new Set<string>();
  for (;;) {
    for (const path of await changes.settled()) untested.add(path);
    if (await passes([...untested], words)) untested.clear();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ChoiceError)) throw error;
  console.log(`FAILED: ${error.message}`);
  process.exitCode = 1;
}
