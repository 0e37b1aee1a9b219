/**
 * Runs programs that documents show, given as JSON on stdin, one after the other: each is a module of this process, with a /run of its
 * own. Prints a line for each: what it printed, and why it failed.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../package-root.ts";

/** How a program ended. */
export interface Shown {
  readonly printed: string;
  /** "" where it came to its end. */
  readonly problem: string;
}

// In the package, where programs find its doors by their names.
const directory = mkdtempSync(join(packageRoot, "dist/documented-"));
const write = stdout.write.bind(stdout);

async function show(code: string, at: number): Promise<Shown> {
  const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "run", "/run"], { encoding: "utf8" });
  if (status !== 0) return { printed: "", problem: stderr };
  const path = join(directory, `${at}.mjs`);
  writeFileSync(path, code);
  let printed = "";
  stdout.write = (chunk: string | Uint8Array) => {
    printed += chunk;
    return true;
  };
  try {
    await import(pathToFileURL(path).href);
    return { printed, problem: "" };
  } catch (error) {
    return { printed, problem: String((error as Error).stack) };
  } finally {
    stdout.write = write;
  }
}

try {
  for (const [at, code] of (JSON.parse(await text(stdin)) as string[]).entries())
    write(`${JSON.stringify(await show(code, at))}\n`);
} finally {
  rmSync(directory, { recursive: true });
}
