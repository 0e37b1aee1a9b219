/**
 * `npm run bench`: enters a mount namespace of its own (an ordinary user also a user namespace), and measures there.
 *
 *     run.js [--json] [core] [plan] [mounts] [apply] [unshare] [audit] [node] [cold] [cli] [copy]
 *
 * Words choose groups of figures; without words, all are measured. What is being measured is printed to stderr.
 */
import process from "node:process";
import { choiceOf } from "./groups.ts";
import { enterNamespace } from "./namespace.ts";

try {
  const words = process.argv.slice(2);
  choiceOf(words);
  process.exitCode = enterNamespace("measure", words);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
