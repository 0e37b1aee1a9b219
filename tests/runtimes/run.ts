/**
 * Runs a short part of the tests on the runtimes that the package is for and that are not used while it is developed, and tries the
 * package as npm installs it on all of them. Words choose parts: "bun", "node24 host", "installed".
 */
import { runParts } from "../support/runner/run-parts.ts";
import { InstalledPackage } from "./installed-package.ts";
import { installedPart, partsOn } from "./parts.ts";
import { installRuntimes, ownRuntimes } from "./runtimes.ts";

async function main(words: readonly string[]): Promise<number> {
  const others = installRuntimes();
  const installed = new InstalledPackage();
  try {
    const all = [
      ...others.flatMap(partsOn),
      ...[...ownRuntimes(), ...others].map((runtime) => installedPart(runtime, installed.path)),
    ];
    const parts = all.filter(({ name }) => words.every((word) => name.split(" ").includes(word)));
    if (parts.length > 0) return await runParts("The run on other runtimes", parts);
    console.log(`FAILED: no part is called ${words.join(" ")}: ${all.map(({ name }) => name).join(", ")}`);
    return 1;
  } finally {
    installed.remove();
  }
}

process.exitCode = await main(process.argv.slice(2));
