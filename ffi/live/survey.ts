import type { Finding, FoundSandbox, MountTable } from "../../table/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { Libc } from "../linux/libc.ts";
import { openLibc } from "../linux/open-libc.ts";
import { Syscalls } from "../linux/syscalls.ts";
import { findingsIn, lookAround, type Seen } from "./audit-inputs.ts";
import { realDirectory } from "./real-directory.ts";

/** Which sandboxes are surveyed. */
export interface SurveyOptions {
  /** The directory of the sandboxes. */
  readonly hostDir: string;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

/** A sandbox that was surveyed. */
export interface SurveyedSandbox {
  /** The last name of its directory. */
  readonly id: string;
  /** Its directory. */
  readonly directory: string;
  /** What is mounted in it; undefined where nothing is. */
  readonly found: FoundSandbox | undefined;
  /** How many mounts are on its directory and below. */
  readonly mounts: number;
}

/** The sandboxes of a directory, and what is wrong with them. */
export interface Survey {
  /** In the order of their directories. */
  readonly sandboxes: readonly SurveyedSandbox[];
  /** As `audit` has them. */
  readonly findings: readonly Finding[];
}

const names: OptionNames<SurveyOptions> = { hostDir: true, libc: true };

/** As door.ts has it. */
export async function survey(options: SurveyOptions): Promise<Survey> {
  checkOptionNames(options, names);
  const sys = new Syscalls(options.libc ?? (await openLibc()));
  const hostDir = realDirectory(sys, options.hostDir);
  const seen = await lookAround(sys, { hostDir });
  return { sandboxes: sandboxesOf(hostDir, seen), findings: await findingsIn(sys, seen, {}) };
}

function sandboxesOf(hostDir: string, { table, found, files }: Seen): SurveyedSandbox[] {
  const counts = countsIn(hostDir, table);
  const byDirectory = new Map(found.map((one) => [one.directory, one]));
  const directories = new Set([...byDirectory.keys(), ...files.map(({ directory }) => directory)]);
  return [...directories].sort().map((directory) => ({
    id: directory.slice(directory.lastIndexOf("/") + 1),
    directory,
    found: byDirectory.get(directory),
    mounts: counts.get(directory) ?? 0,
  }));
}

function countsIn(hostDir: string, table: MountTable): Map<string, number> {
  const counts = new Map<string, number>();
  const start = `${hostDir}/`;
  for (const { target } of table) {
    if (!target.startsWith(start)) continue;
    const end = target.indexOf("/", start.length);
    const directory = end === -1 ? target : target.slice(0, end);
    counts.set(directory, (counts.get(directory) ?? 0) + 1);
  }
  return counts;
}
