/**
 * Runs the tests with a real nydusd, on Node and on Deno: `npm run test:nydusd`, as root, with the absolute paths of two
 * programs in GUESTSHARE_NYDUSD and GUESTSHARE_NYDUS_IMAGE. Mounts and processes are in namespaces that end with the tests.
 */
import { constants } from "node:fs";
import { argv } from "node:process";
import { lackingPrograms, runInNamespaces } from "../support/runner/real-program.ts";
import { mayUse } from "../support/runner/tools.ts";

/** What is missing to run them; empty where nothing is. */
function missing(): string {
  const programs = lackingPrograms(["GUESTSHARE_NYDUSD", "GUESTSHARE_NYDUS_IMAGE"]);
  if (programs !== "") return programs;
  return mayUse("/dev/fuse", constants.R_OK) ? "" : "there is no /dev/fuse";
}

function main(words: readonly string[]): number {
  const what = missing();
  if (what === "") return runInNamespaces("nydusd", words) ? 0 : 1;
  console.log(`FAILED: cannot test with a real nydusd: ${what}`);
  return 1;
}

process.exitCode = main(argv.slice(2));
