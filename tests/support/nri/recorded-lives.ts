import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixtureDirectory } from "../fixtures/fixtures.ts";
import { formatted } from "../fixtures/rewrite.ts";
import type { HeardStep } from "./heard.ts";

/** What was heard of a life. */
export interface RecordedLife {
  readonly what: string;
  readonly steps: readonly HeardStep[];
}

/** The lives that were recorded of one runtime. */
export interface RecordedRuntime {
  readonly nri: "0.8" | "0.12";
  readonly lives: readonly RecordedLife[];
}

interface Recorded {
  /** How they are recorded. */
  readonly command: string;
  /** By the version of containerd. */
  readonly containerd: Readonly<Record<string, RecordedRuntime>>;
}

const FILE = "node/lives.json";
const path = join(fixtureDirectory, FILE);

/** The lives that were recorded of real runtimes, by the version of containerd. */
export function recordedLives(): Readonly<Record<string, RecordedRuntime>> {
  return (JSON.parse(readFileSync(path, "utf8")) as Recorded).containerd;
}

/** Replaces what was recorded of a version of containerd. */
export function recordLives(version: string, lived: RecordedRuntime): void {
  const containerd = { ...recordedLives(), [version]: lived };
  const content: Recorded = { command: "npm run test:node -- --record", containerd };
  writeFileSync(path, formatted(FILE, JSON.stringify(content)));
}
