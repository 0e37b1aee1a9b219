/**
 * Tries plugins with NRI's own library: `npm run test:nri -- PROGRAM`. PROGRAM is built of main.go beside this file with the version
 * of NRI that is to be tried: docs/nri.md says how.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv } from "node:process";
import { monitorChecks } from "../support/node/monitor-checks.ts";
import { checks } from "../support/nri/checks.ts";
import { gateChecks } from "../support/nri/gate-checks.ts";
import { holdMounts } from "../support/nri/mount-checks.ts";
import { isExecutable } from "../support/runner/tools.ts";
import { holdChurn } from "./churn.ts";
import { RuntimeProgram } from "./program.ts";

// As many as show that all is there. A hundred thousand show that nothing grows.
const FEW_PODS = 1000;

const results = { right: 0, wrong: 0 };

/** A check, with a runtime of its own. */
async function hold(
  what: string,
  path: string,
  place: string,
  holds: (runtime: RuntimeProgram) => Promise<unknown>,
): Promise<void> {
  mkdirSync(join(place, "plugins"), { recursive: true });
  await using runtime = await RuntimeProgram.start(path, join(place, "nri.sock"), join(place, "plugins"));
  try {
    await holds(runtime);
    results.right += 1;
  } catch (error) {
    results.wrong += 1;
    console.log(`FAILED: NRI ${runtime.nri}: ${what}: ${(error as Error).message}`);
  }
}

async function holdAll(path: string, directory: string, nri: string, pods: number): Promise<void> {
  const isAsked = ({ only }: { only?: string }) => only === undefined || only === nri;
  const placeOf = (name: string | number) => join(directory, String(name));
  for (const [i, { what, holds }] of [...checks, ...gateChecks].filter(isAsked).entries())
    await hold(what, path, placeOf(i), holds);
  for (const [i, { what, holds }] of monitorChecks.filter(isAsked).entries())
    await hold(what, path, placeOf(`m${i}`), (runtime) => holds(runtime, placeOf(`m${i}`)));
  if (nri === "0.12")
    await hold("a gate judges the mounts that the library makes", path, placeOf("mounts"), (runtime) =>
      holdMounts((request) => runtime.adjusted(request)),
    );
  await hold("a monitor holds no more after so many pods", path, placeOf("churn"), async (runtime) =>
    console.log(await holdChurn(runtime, placeOf("churn"), pods)),
  );
}

/** The version of NRI that a program is made of. */
async function versionOf(path: string, directory: string): Promise<string> {
  await using runtime = await RuntimeProgram.start(path, join(directory, "nri.sock"), directory);
  return runtime.nri;
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
    await holdAll(path, directory, await versionOf(path, directory), pods);
  } finally {
    rmSync(directory, { recursive: true });
  }
  console.log(`${results.right} checks hold, ${results.wrong} do not`);
  return results.wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
