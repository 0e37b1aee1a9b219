/**
 * `npm run campaign`: damages sandboxes at random, and lets one call of an operation on each fail. What was shared may not be
 * lost, what failed may leave nothing, and cleanup has to end with nothing left. With `--engines` processes that share by all
 * engines change one sandbox at the same time, some are killed, and one tries it from a second mount namespace. With `--tables`
 * sequences of operations are performed, and after each one the kernel's mount table has to be as it was predicted; and then as
 * many rounds are played beside a collector of garbage, which may take nothing of what lives.
 *
 *     run.js [--engines | --tables] [--rounds 1000] [--seed 1] [--first 0] [--jobs 1] [--verbose]
 *
 * With several jobs, as many processes share the rounds, each in a mount namespace of its own. All rounds are played twice: where mounts are private, and where they are shared. One that ended as none may is played
 * alone again by its seed and number: `--seed 1 --first 123 --rounds 1`.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readlinkSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { propagation, requireOwnNamespace } from "../support/namespace.ts";
import { inNamespace } from "../support/runner/in-namespace.ts";
import { denoPath } from "../support/runner/tools.ts";
import { playSequence } from "../support/table/sequence.ts";
import { inDirectory, play } from "./campaign.ts";
import { playCollecting } from "./collecting.ts";
import { diceOf } from "./dice.ts";
import { Together } from "./together.ts";

const { values } = parseArgs({
  options: {
    ...{ rounds: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } },
    ...{ first: { type: "string", default: "0" }, verbose: { type: "boolean", default: false } },
    engines: { type: "boolean", default: false },
    tables: { type: "boolean", default: false },
    jobs: { type: "string", default: "1" },
  },
});

// One of several processes that share the rounds.
async function playJob(propagation: "private" | "shared", job: number): Promise<boolean> {
  const [jobs, rounds, first] = [values.jobs, values.rounds, values.first].map(Number) as [
    number,
    number,
    number,
  ];
  const from = Math.floor((rounds * job) / jobs);
  const count = Math.floor((rounds * (job + 1)) / jobs) - from;
  const share = ["--rounds", String(count), "--first", String(first + from), "--jobs", "1"];
  const command = [execPath, fileURLToPath(import.meta.url), ...argv.slice(2), ...share];
  const [program = "", ...args] = inNamespace(propagation, command);
  const names = {
    GUESTSHARE_TEST_PARENT_NAMESPACE: readlinkSync("/proc/self/ns/mnt"),
    GUESTSHARE_TEST_PROPAGATION: propagation,
    GUESTSHARE_TEST_DENO: denoPath() ?? "",
  };
  const child = spawn(program, args, { stdio: "inherit", env: { ...env, ...names } });
  const [status] = await once(child, "exit");
  return status === 0;
}

async function playIn(propagation: "private" | "shared"): Promise<boolean> {
  const jobs = Array.from({ length: Number(values.jobs) }, (_, job) => playJob(propagation, job));
  return (await Promise.all(jobs)).every((good) => good);
}

async function playHere(): Promise<boolean> {
  requireOwnNamespace();
  const path = mkdtempSync(`${tmpdir()}/guestshare-campaign-`);
  const begin = performance.now();
  const play = values.engines ? playEngines : values.tables ? playTables : playStates;
  const { what, wrong } = await play(path);
  rmdirSync(path);
  const seconds = Math.round((performance.now() - begin) / 1000);
  const good = values.tables ? "all as predicted, nothing lost" : "nothing lost, nothing left";
  const result = wrong === 0 ? good : `${wrong} WRONG`;
  console.log(
    `${values.rounds} rounds (${propagation}, seed ${values.seed}), ${what}: ${result}, in ${seconds} s`,
  );
  return wrong === 0;
}

async function playStates(path: string): Promise<{ what: string; wrong: number }> {
  const { seed, first, rounds, verbose } = values;
  const chosen = { seed: Number(seed), first: Number(first), count: Number(rounds) };
  const { hits, wrong } = await play(path, chosen, (round, { story, wrong }) => {
    if (verbose) console.log(`${round}: ${story}`);
    for (const what of wrong) console.log(`WRONG in round ${round}: ${what}\n    ${story}`);
  });
  return { what: `${hits} with a failing call`, wrong: wrong.length };
}

async function playEngines(path: string): Promise<{ what: string; wrong: number }> {
  const { seed, rounds } = values;
  const { operations, kills, refused, wrong } = await inDirectory(join(path, "engines"), (scratch) =>
    new Together(scratch, diceOf(Number(seed), 0), ["koffi", "ffi-rs", "deno"]).play(Number(rounds)),
  );
  for (const what of wrong) console.log(`WRONG in ${what}`);
  const what = `${operations} operations of three engines, ${kills} kills, ${refused} refused to another namespace`;
  return { what, wrong: wrong.length };
}

async function playTables(path: string): Promise<{ what: string; wrong: number }> {
  const [first, seed, rounds] = [Number(values.first), Number(values.seed), Number(values.rounds)];
  let operations = 0;
  let bad = 0;
  for (let round = first; round < first + rounds; round += 1) {
    const { story, wrong } = await playSequence(join(path, "sequence"), diceOf(seed, round));
    operations += story.length;
    if (values.verbose) console.log(`${round}: ${story.join("\n    ")}`);
    if (wrong.length === 0) continue;
    bad += 1;
    console.log(`WRONG in round ${round}:\n${story.join("\n")}\n${wrong.join("\n")}`);
  }
  rmdirSync(join(path, "sequence"));
  const { collected, kills, wrong } = await inDirectory(join(path, "garbage"), (scratch) =>
    playCollecting(scratch, rounds, diceOf(seed, first)),
  );
  for (const what of wrong) console.log(`WRONG beside the collector: ${what}`);
  return {
    what: `${operations} operations, ${collected} sandboxes collected beside ${kills} kills`,
    wrong: bad + wrong.length,
  };
}

async function playBoth(): Promise<boolean> {
  const isGood = await playIn("private");
  return (await playIn("shared")) && isGood;
}

const isGood = env.GUESTSHARE_TEST_PROPAGATION === undefined ? await playBoth() : await playHere();
process.exitCode = isGood ? 0 : 1;
