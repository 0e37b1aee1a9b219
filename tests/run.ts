/**
 * Runs the tests, parts of them side by side: a short run in which long sweeps are sampled, or with `--all` the whole, guests
 * included. Words choose parts ("core", "host", "node", "deno", "private", "shared") and files by pieces of their names. Mounts
 * are made in namespaces of their own; the machine's are looked at before and after. With CI in the environment a skipped
 * test is a failure.
 */
import { ChoiceError } from "./support/runner/choice.ts";
import { partsOf } from "./support/runner/parts.ts";
import { runParts } from "./support/runner/run-parts.ts";

async function main(args: readonly string[]): Promise<number> {
  const words = args.filter((word) => word !== "--all");
  const isShort = words.length === args.length;
  return await runParts(isShort ? "The short run" : "The whole run", partsOf(words, isShort));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ChoiceError)) throw error;
  console.log(`FAILED: ${error.message}`);
  process.exitCode = 1;
}
