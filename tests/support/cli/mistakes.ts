import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FilesystemShare } from "../../../ffi/mod.ts";
import { stateOf } from "../../../link/hash.ts";
import { containerOf, type FormatError, loadSync, type RequestError } from "../../../mod.ts";
import { packageRoot } from "../package-root.ts";
import type { Scratch } from "../scratch.ts";
import { commandHere } from "./command-here.ts";
import { binary, type CommandResult, runCommand, runProgram } from "./run-command.ts";

/** Something that people do wrong, and what the command says of it. "$DIR" is the test's directory. */
export interface Mistake {
  readonly name: string;
  readonly words: readonly string[];
  readonly stdin?: string;
  /** What there is before: a sandbox s1, or one whose container c1 shares $DIR/data. */
  readonly given?: "prepared" | "shared";
  /** Files that are there beside the usual ones, with what is in them. */
  readonly files?: Readonly<Record<string, string>>;
  readonly isUnprivileged?: true;
  readonly exitCode: number;
  /** What failed, why that matters, and what to do next. */
  readonly what: string;
  readonly why: string;
  readonly next: string;
  /** The word of the refusal that the page has at the place, where the command links to it. */
  readonly marked?: string;
}

/** All rows of the fixture. Its headings are left out. */
export function mistakes(): Mistake[] {
  const path = join(packageRoot, "tests/fixtures/cli/command-mistakes.json");
  const rows: (Mistake | string)[] = JSON.parse(readFileSync(path, "utf8"));
  return rows.filter((row) => typeof row !== "string");
}

/** Makes what a mistake is made with. */
export async function make(scratch: Scratch, { given, files = {} }: Mistake): Promise<void> {
  scratch.file("data/file", "no JSON");
  mkdirSync(scratch.directory("empty"), { recursive: true });
  scratch.directory("bundle/rootfs");
  scratch.file("bundle/config.json", '{"root": {"path": "rootfs"}}');
  for (const [name, text] of Object.entries(files)) scratch.file(name, text);
  if (given === undefined) return;
  const share: FilesystemShare = scratch.share();
  await share.prepare();
  const mount = { source: scratch.directory("data"), destination: "/data" };
  if (given === "shared") await share.shareFile({ id: "c1" }, mount, { together: true });
}

/** Makes the mistake, in a process of its own or in this one. What differs each time is as the rows have it. */
export async function commit(
  scratch: Scratch,
  { words, stdin, isUnprivileged }: Mistake,
  { more, isApart }: { readonly more: readonly string[]; readonly isApart: boolean },
): Promise<CommandResult> {
  const known = words.map((word) => word.replaceAll("$DIR", scratch.path));
  const [command, ...rest] = known;
  const all = command === undefined ? [] : [command, "--host-dir", scratch.hostDir, ...more, ...rest];
  const setting = { ...(stdin !== undefined && { stdin }), cwd: scratch.path };
  const run = isApart ? runCommand : commandHere;
  const { exitCode, stdout, stderr } = isUnprivileged
    ? runProgram(["setpriv", "--bounding-set=-all", "--", ...binary, ...all], setting)
    : await run(all, setting);
  return { exitCode, stdout: asInRows(stdout, scratch), stderr: asInRows(stderr, scratch) };
}

/** What is refused of the input that a link has: the word of the refusal. Undefined if nothing is. */
export async function refusalAt(link: string): Promise<string | undefined> {
  const read = await stateOf(new URL(link.trim()).hash);
  if (!("state" in read)) return read.problem;
  const { from, request, containers } = read.state;
  try {
    if (from === "request") for (const one of JSON.parse(request)) loadSync().plan(one);
    else for (const { config, beside } of containers) containerOf(config, JSON.parse(beside));
    return undefined;
  } catch (error) {
    return (error as RequestError | FormatError).code;
  }
}

function asInRows(text: string, { path }: Scratch): string {
  return text.replaceAll(path, "$DIR").replace(/\b[0-9a-f]{16}\b/g, "<digits>");
}
