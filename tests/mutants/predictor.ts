/**
 * Asks whether mutants of the predictor (table/predict) are caught: first by its own tests, and those that live by the kernel's
 * tables. `npm run mutants:predictor` prints what caught each, and fails where one lives.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { packageRoot } from "../support/package-root.ts";
import { inNamespace } from "../support/runner/in-namespace.ts";
import { failedTests } from "./ask.ts";
import { type PredictorMutant, predictorMutants } from "./predictor-mutants.ts";

const LONGEST_MS = 300_000;
const room = mkdtempSync(join(tmpdir(), "guestshare-predictor-"));

function failureOf(command: readonly string[], names: Readonly<Record<string, string>>): string | undefined {
  const [program = "", ...args] = command;
  const options = { cwd: room, env: { ...env, ...names }, encoding: "utf8", timeout: LONGEST_MS } as const;
  const { status, stdout } = spawnSync(program, args, options);
  return status === 0 ? undefined : failedTests(stdout)[0];
}

const testOf = (file: string) => [execPath, "--test", "--test-reporter=spec", `dist/tests/${file}.test.js`];

/** The first test that fails with what is in the room; undefined where none does. */
function catcher(): string | undefined {
  const parent = readlinkSync("/proc/self/ns/mnt");
  const sampled = { GUESTSHARE_TEST_SAMPLED: "1", GUESTSHARE_TEST_PARENT_NAMESPACE: parent };
  const ofPredictor = failureOf(testOf("table/predict"), sampled);
  if (ofPredictor !== undefined) return ofPredictor;
  for (const propagation of ["private", "shared"] as const) {
    const command = inNamespace(propagation, testOf("host/predicted-tables"));
    const failure = failureOf(command, { ...sampled, GUESTSHARE_TEST_PROPAGATION: propagation });
    if (failure !== undefined) return `${propagation}: ${failure}`;
  }
  return undefined;
}

function catcherOf({ what, file, from, to }: PredictorMutant): string | undefined {
  const path = join(room, "dist/table/predict", `${file}.js`);
  const original = readFileSync(path, "utf8");
  if (original.split(from).length !== 2)
    throw new Error(`Cannot make the mutant "${what}": ${file} has changed`);
  try {
    writeFileSync(path, original.replace(from, to));
    return catcher();
  } finally {
    writeFileSync(path, original);
  }
}

try {
  for (const name of ["dist", "package.json", "wasm"])
    cpSync(join(packageRoot, name), join(room, name), { recursive: true });
  symlinkSync(join(packageRoot, "node_modules"), join(room, "node_modules"));
  const without = catcher();
  if (without !== undefined) throw new Error(`Cannot ask: without a mutant fails ${without}`);
  const lived = predictorMutants.filter((mutant) => {
    const caught = catcherOf(mutant);
    console.log(
      `${caught === undefined ? "LIVES" : "caught"}: ${mutant.what}${caught ? ` (${caught})` : ""}`,
    );
    return caught === undefined;
  });
  console.log(`${predictorMutants.length - lived.length} of ${predictorMutants.length} mutants are caught`);
  process.exitCode = lived.length === 0 ? 0 : 1;
} finally {
  rmSync(room, { recursive: true });
}
