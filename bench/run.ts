/**
 * `npm run bench`: enters a mount namespace of its own (an ordinary user also a user namespace), and measures there.
 *
 *     run.js [--json] [core] [plan] [mounts] [apply] [unshare] [cold] [cli] [copy]
 *
 * Words choose groups of figures; without words, all are measured. What is being measured is printed to stderr.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { choiceOf } from "./groups.ts";

try {
  choiceOf(process.argv.slice(2));
  measure();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function measure(): void {
  const program = fileURLToPath(new URL("measure.js", import.meta.url));
  const namespaces = process.getuid?.() === 0 ? ["-m"] : ["-r", "-m"];
  const directory = mkdtempSync(`${tmpdir()}/bench-`);
  try {
    const args = [...namespaces, "--propagation", "private", process.execPath, program, directory];
    const { error, status } = spawnSync("unshare", [...args, ...process.argv.slice(2)], { stdio: "inherit" });
    if (error)
      throw new Error(`Cannot run unshare: ${error.message}; it comes with util-linux, and this takes Linux`);
    process.exitCode = status ?? 1;
  } finally {
    rmdirSync(directory); // what was mounted on it went with the namespace
  }
}
