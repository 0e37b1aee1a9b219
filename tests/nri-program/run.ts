/**
 * Tries plugins with NRI's own library: `npm run test:nri -- PROGRAM`. PROGRAM is built of main.go beside this file with the version
 * of NRI that is to be tried: docs/nri.md says how.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv } from "node:process";
import { checks } from "../support/nri/checks.ts";
import { gateChecks } from "../support/nri/gate-checks.ts";
import { holdMounts } from "../support/nri/mount-checks.ts";
import { isExecutable } from "../support/runner/tools.ts";
import { holdChurn } from "./churn.ts";
import { RuntimeProgram } from "./program.ts";

// As many as show that all is there. A hundred thousand show that nothing grows.
const FEW_PODS = 1000;

const results = { right: 0, wrong: 0 };

async function hold(path: string, directory: string): Promise<void> {
  for (const [i, { what, only, holds }] of [...checks, ...gateChecks].entries()) {
    const place = join(directory, String(i));
    mkdirSync(join(place, "plugins"), { recursive: true });
    await using runtime = await RuntimeProgram.start(path, join(place, "nri.sock"), join(place, "plugins"));
    if (only !== undefined && only !== runtime.nri) continue;
    try {
      await holds(runtime);
      results.right += 1;
    } catch (error) {
      results.wrong += 1;
      console.log(`FAILED: NRI ${runtime.nri}: ${what}: ${(error as Error).message}`);
    }
  }
}

/** A gate judges the mounts that the library makes. */
async function holdAdjustedMounts(path: string, directory: string): Promise<void> {
  const place = join(directory, "mounts");
  mkdirSync(join(place, "plugins"), { recursive: true });
  await using runtime = await RuntimeProgram.start(path, join(place, "nri.sock"), join(place, "plugins"));
  if (runtime.nri !== "0.12") return;
  try {
    await holdMounts((request) => runtime.adjusted(request));
    results.right += 1;
  } catch (error) {
    results.wrong += 1;
    console.log(`FAILED: a gate sees other mounts than the library makes: ${(error as Error).message}`);
  }
}

async function holdMonitor(path: string, directory: string, pods: number): Promise<void> {
  const place = join(directory, "churn");
  mkdirSync(join(place, "plugins"), { recursive: true });
  await using runtime = await RuntimeProgram.start(path, join(place, "nri.sock"), join(place, "plugins"));
  try {
    console.log(await holdChurn(runtime, place, pods));
    results.right += 1;
  } catch (error) {
    results.wrong += 1;
    console.log(`FAILED: NRI ${runtime.nri}: a monitor holds more and more: ${(error as Error).message}`);
  }
}

async function main(): Promise<number> {
  const path = argv[2];
  const pods = Number(argv[3] ?? FEW_PODS);
  if (path === undefined || !isExecutable(path)) {
    const named = path === undefined ? "no program is named" : `${JSON.stringify(path)} is no program`;
    console.log(`FAILED: cannot try NRI's library: ${named} (docs/nri.md says how to build it)`);
    return 1;
  }
  const directory = mkdtempSync(join(tmpdir(), "guestshare-"));
  try {
    await hold(path, directory);
    await holdAdjustedMounts(path, directory);
    await holdMonitor(path, directory, pods);
  } finally {
    rmSync(directory, { recursive: true });
  }
  console.log(`${results.right} checks hold, ${results.wrong} do not`);
  return results.wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
