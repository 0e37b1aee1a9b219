import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Program } from "./programs.ts";

/**
 * Checks that two programs have the same mounts before their cleanup, because a reference that mounts less would be wrong, and that
 * neither leaves any.
 *
 * @throws {Error} with the first mount that differs.
 */
export async function checkSameMounts(reference: Program, program: Program): Promise<void> {
  const expected = await mountsOf(reference);
  const found = await mountsOf(program);
  const index = expected.findIndex((mount, i) => mount !== found[i]);
  if (index < 0 && expected.length === found.length) return;
  throw new Error(
    `Cannot compare ${program.name} with ${reference.name}: "${found[index]}" is "${expected[index]}" there`,
  );
}

async function mountsOf({ name, command: [file = "", ...args] }: Program): Promise<string[]> {
  const before = mounts();
  const child = spawn(file, [...args, "stop"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]); // it says "ready"
  const during = mounts();
  child.stdin.end();
  const [status] = await ended;
  if (status !== 0 || mounts().length !== before.length)
    throw new Error(`Cannot compare ${name}: it ended with ${status}`);
  return during.slice(before.length).map(withoutChance);
}

function mounts(): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8").trimEnd().split("\n");
}

// Ids, device numbers, peer groups and the random part of names differ from run to run.
function withoutChance(mount: string): string {
  return mount
    .replace(/^\d+ \d+ \d+:\d+ /, "")
    .replace(/\b(shared|master):\d+/g, "$1")
    .replace(/\/(c1|sandbox)-[0-9a-f]{16}-/, "/$1-random-");
}
