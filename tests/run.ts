/**
 * Runs all tests, or those that the arguments choose: words of a part ("core", "host", "node", "deno", "private",
 * "shared") and pieces of file names. Mounts are made in namespaces of their own; the machine's are looked at before and
 * after. With CI in the environment a skipped test is a failure.
 */
import { spawn } from "node:child_process";
import { existsSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { add, type Count, countOf } from "./support/runner/count.ts";
import { differences, machineMounts } from "./support/runner/machine.ts";
import { type Part, partsOf } from "./support/runner/parts.ts";
import { denoPath } from "./support/runner/tools.ts";

const words = ["core", "input", "agent", "copy", "node", "deno", "browser", "host", "private", "shared"];
const LONGEST_MINUTES = 8;
const mayNotSkip = (process.env.CI ?? "") !== "";

function rootOf(directory: string): string {
  return existsSync(join(directory, "package.json")) ? directory : rootOf(dirname(directory));
}

async function run(part: Part, root: string): Promise<Count> {
  console.log(`\n=== ${part.heading}`);
  if (part.missing !== undefined) {
    console.log(`SKIPPED: ${part.missing}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const { output, isGood } = await tee(part, root);
  return countOf(output, isGood);
}

function tee({ command, environment }: Part, root: string): Promise<{ output: string; isGood: boolean }> {
  const [program = "", ...args] = command;
  const env = {
    ...process.env,
    NO_COLOR: "1",
    GUESTSHARE_TEST_PARENT_NAMESPACE: readlinkSync("/proc/self/ns/mnt"),
    GUESTSHARE_TEST_NODE: process.execPath,
    GUESTSHARE_TEST_DENO: denoPath() ?? "",
    ...environment,
  };
  // A process group of its own, so that nothing of it outlives the longest time, or us.
  const child = spawn(program, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  endGroup = () => process.kill(-(child.pid as number), "SIGKILL");
  const end = setTimeout(() => {
    console.log(`FAILED: not done after ${LONGEST_MINUTES} minutes`);
    endGroup();
  }, LONGEST_MINUTES * 60_000);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      endGroup = () => {};
      clearTimeout(end);
      resolve({ output, isGood: code === 0 });
    });
  });
}

let endGroup = (): void => {};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endGroup();
    process.kill(process.pid, signal);
  });
}

async function main(args: readonly string[]): Promise<number> {
  const root = rootOf(dirname(fileURLToPath(import.meta.url)));
  const chosen = args.filter((word) => words.includes(word));
  const only = args.filter((word) => !words.includes(word));
  const parts = partsOf(root, only).filter(({ name }) =>
    chosen.every((word) => name.split(" ").includes(word)),
  );
  const before = machineMounts();
  let count: Count = { passed: 0, failed: parts.length === 0 ? 1 : 0, skipped: 0 };
  const lines: string[] = [];
  for (const part of parts) {
    const start = performance.now();
    const own = await run(part, root);
    count = add(count, own);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    lines.push(`${part.name}: ${phrase(own)} (${seconds} s)`);
  }
  console.log(`\n=== All`);
  for (const line of lines) console.log(line);
  const changed = differences(before, machineMounts());
  if (changed.length > 0) console.log(`FAILED: the machine's own mounts changed:\n${changed.join("\n")}`);
  const failed = count.failed + (changed.length > 0 ? 1 : 0);
  if (mayNotSkip && count.skipped > 0) console.log("FAILED: CI is set, and tests were skipped");
  console.log(phrase({ ...count, failed }));
  return failed > 0 || (mayNotSkip && count.skipped > 0) ? 1 : 0;
}

const phrase = ({ passed, failed, skipped }: Count) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

process.exitCode = await main(process.argv.slice(2));
