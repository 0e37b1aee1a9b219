/**
 * `KATA=/path/to/kata-containers npm run bench:kata`: builds a program around Kata's own FilesystemShare in that checkout, which stays
 * as it is, and measures it beside this package, all in turn. It takes Go, and the modules that Kata needs.
 *
 * What is printed is a table in milliseconds, each number the median of several processes.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { enterNamespace } from "./namespace.ts";
import { root } from "./programs.ts";

const ours = `${root}bench/kata`;
const { KATA } = process.env;
const built = mkdtempSync(`${tmpdir()}/bench-kata-`);
try {
  if (!KATA)
    throw new Error("Cannot measure Kata: say where its checkout is, as KATA=/path/to/kata-containers");
  process.exitCode = enterNamespace("kata-table", [build(`${KATA}/src/runtime`)]);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(built, { recursive: true });
}

// Go takes our files for files of the checkout, though none is written there.
function build(runtime: string): string {
  const overlay = `${built}/overlay.json`;
  const files = {
    [`${runtime}/virtcontainers/guestshare_bench.go`]: `${ours}/shares.go`,
    [`${runtime}/cmd/guestshare-bench/main.go`]: `${ours}/main.go`,
  };
  writeFileSync(overlay, JSON.stringify({ Replace: files }));
  const program = `${built}/kata`;
  const args = ["build", "-buildvcs=false", "-overlay", overlay, "-o", program, "./cmd/guestshare-bench"];
  const { error, status } = spawnSync("go", args, { cwd: runtime, stdio: "inherit" });
  if (error || status !== 0)
    throw new Error(`Cannot build in "${runtime}": ${error?.message ?? `go ended with ${status}`}`);
  return program;
}
