import { spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { packageRoot } from "../package-root.ts";
import { type Count, countOf } from "./count.ts";
import { failuresOf } from "./failures.ts";
import type { Part } from "./parts.ts";
import { denoPath } from "./tools.ts";
import type { Speaker } from "./turns.ts";

/** How a part ended. */
export interface Outcome {
  readonly count: Count;
  /** What it said of its failures. */
  readonly failures: string;
  readonly seconds: number;
}

// The guests of the whole run take half an hour on a slow machine.
const LONGEST_MINUTES = 60;
const running = new Set<number>();

/** Ends all parts that run, with all that they started. */
export function endParts(): void {
  for (const group of running) process.kill(-group, "SIGKILL");
}

/** Runs a part, and says what it prints. */
export async function runPart(part: Part, { say }: Speaker): Promise<Outcome> {
  const start = performance.now();
  const told = part.missing === "" ? await runCommand(part, say) : skipped(part, say);
  return { ...told, seconds: (performance.now() - start) / 1000 };
}

type Told = Omit<Outcome, "seconds">;

function skipped({ missing }: Part, say: (text: string) => void): Told {
  say(`SKIPPED: ${missing}\n`);
  return { count: { passed: 0, failed: 0, skipped: 1 }, failures: "" };
}

function runCommand({ command, environment }: Part, say: (text: string) => void): Promise<Told> {
  const [program = "", ...args] = command;
  // A process group of its own, so that nothing of it outlives the longest time, or us.
  const child = spawn(program, args, {
    cwd: packageRoot,
    env: { ...process.env, ...forAllTests(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const group = child.pid ?? 0;
  if (group > 0) running.add(group);
  const end = setTimeout(() => {
    say(`FAILED: not done after ${LONGEST_MINUTES} minutes\n`);
    process.kill(-group, "SIGKILL");
  }, LONGEST_MINUTES * 60_000);
  let output = "";
  child.stderr.setEncoding("utf8").on("data", say);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    say(text);
  });
  return new Promise((resolve) => {
    child.on("error", ({ message }) => {
      clearTimeout(end);
      const failures = `Cannot start ${program}: ${message}`;
      say(`FAILED: ${failures}\n`);
      resolve({ count: { passed: 0, failed: 1, skipped: 0 }, failures });
    });
    child.on("close", (code) => {
      running.delete(group);
      clearTimeout(end);
      const count = countOf(output, code === 0);
      resolve({ count, failures: count.failed > 0 ? failuresOf(output) : "" });
    });
  });
}

function forAllTests(): NodeJS.ProcessEnv {
  return {
    NO_COLOR: "1",
    GUESTSHARE_TEST_PARENT_NAMESPACE: readlinkSync("/proc/self/ns/mnt"),
    GUESTSHARE_TEST_NODE: process.execPath,
    GUESTSHARE_TEST_DENO: denoPath() ?? "",
  };
}
