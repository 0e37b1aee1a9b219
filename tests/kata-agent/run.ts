/**
 * Runs the tests with a real agent of Kata's, on Node and on Deno: `npm run test:agent`, as root, with the absolute path of
 * a kata-agent in GUESTSHARE_KATA_AGENT, of any version from 3.3 on. It needs no virtual machine: each test's agent is a
 * process in namespaces of its own that end with the test. Agents that were built with ttrpc 0.8.1 or older ask for
 * SO_REUSEPORT on their unix socket, which newer versions of Linux refuse: those cannot be tested there.
 */
import { argv } from "node:process";
import { lackingPrograms, runInNamespaces } from "../support/runner/real-program.ts";

function main(words: readonly string[]): number {
  const what = lackingPrograms(["GUESTSHARE_KATA_AGENT"]);
  if (what === "") return runInNamespaces("kata-agent", words) ? 0 : 1;
  console.log(`FAILED: cannot test with a real kata-agent: ${what}`);
  return 1;
}

process.exitCode = main(argv.slice(2));
