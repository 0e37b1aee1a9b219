/**
 * Tries plugins, monitor and gate with containerd itself, through CRI as a kubelet would: `npm run test:node`, as root. docs/node.md says
 * what it needs. `--record` records anew what the played runtime of the other tests is held to, `--cost` measures what a gate adds to the
 * start of a pod; words choose checks.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv } from "node:process";
import { recordLives } from "../support/nri/recorded-lives.ts";
import { packageRoot } from "../support/package-root.ts";
import type { NodeCheck } from "./check.ts";
import { packImage } from "./image.ts";
import { TestNode } from "./node.ts";
import { cleanUp } from "./planted.ts";
import { findPrograms, type Programs } from "./programs.ts";
import { churnChecks } from "./rows/churn.ts";
import { commandChecks } from "./rows/command.ts";
import { costOfGate } from "./rows/cost.ts";
import { deathChecks } from "./rows/deaths.ts";
import { gateChecks } from "./rows/gate.ts";
import { lifeChecks, lived } from "./rows/lives.ts";
import { manyChecks } from "./rows/many.ts";
import { monitorChecks } from "./rows/monitor.ts";
import { restartChecks } from "./rows/restart.ts";

const checks: readonly NodeCheck[] = [
  ...restartChecks,
  ...lifeChecks,
  ...deathChecks,
  ...manyChecks,
  ...gateChecks,
  ...monitorChecks,
  ...commandChecks,
  ...churnChecks,
];
const gateConfiguration = join(packageRoot, "deploy/containerd-gate.toml");
const results = { right: 0, wrong: 0 };

/** A node for all checks that need no other configuration. */
async function hold(programs: Programs, image: string, chosen: readonly NodeCheck[]): Promise<void> {
  for (const requiresGate of [false, true]) {
    const those = chosen.filter((check) => (check.requiresGate ?? false) === requiresGate);
    if (those.length === 0) continue;
    await using node = await TestNode.start(programs, image, requiresGate ? [gateConfiguration] : []);
    for (const check of those)
      if (check.only === undefined || check.only === node.nri) await holdOne(check, node);
  }
}

async function holdOne({ what, holds }: NodeCheck, node: TestNode): Promise<void> {
  const begin = performance.now();
  const wrong: string[] = [];
  const note = (error: Error) => void wrong.push(error.message);
  await holds(node).catch(note);
  await leaveNothing(node).catch((error) =>
    note(new Error(`what is left cannot be removed: ${error.message}`)),
  );
  results[wrong.length === 0 ? "right" : "wrong"] += 1;
  if (wrong.length === 0) console.log(`holds (${Math.round(performance.now() - begin)} ms): ${what}`);
  else
    console.log(
      `FAILED: containerd ${node.programs.version}: ${what}: ${wrong.join("; then ")}\n${node.log(3)}`,
    );
}

async function leaveNothing(node: TestNode): Promise<void> {
  await node.cri.removeAll();
  cleanUp(node);
}

async function record(programs: Programs, image: string): Promise<void> {
  await using node = await TestNode.start(programs, image);
  recordLives(programs.version, { nri: node.nri, lives: await lived(node) });
  console.log(`recorded: containerd ${programs.version}`);
}

async function cost(programs: Programs, image: string): Promise<void> {
  await using node = await TestNode.start(programs, image);
  console.log(`containerd ${programs.version}:`);
  for (const line of await costOfGate(node)) console.log(`  ${line}`);
}

async function main(words: readonly string[]): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "guestshare-"));
  try {
    const image = packImage(join(directory, "image"));
    for (const programs of findPrograms()) {
      if (words.includes("--record")) await record(programs, image);
      else if (words.includes("--cost")) await cost(programs, image);
      else
        await hold(
          programs,
          image,
          checks.filter(({ what }) => words.every((word) => what.includes(word))),
        );
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  if (!words.some((word) => word.startsWith("--")))
    console.log(`${results.right} checks hold, ${results.wrong} do not`);
  return results.wrong === 0 ? 0 : 1;
}

process.exitCode = await main(argv.slice(2));
