import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { getuid } from "node:process";
import { pathToFileURL } from "node:url";
import { guestCommand } from "../../guest/support/command.ts";
import { missing as missingForGuests } from "../../guest/support/needs.ts";
import { vmCommand } from "../../vm/support/command.ts";
import { packageRoot } from "../package-root.ts";
import { type Chosen, choose } from "./choice.ts";
import { alone, type Combination, combinations, wordsOf } from "./combinations.ts";
import { inNamespace } from "./in-namespace.ts";
import { filesIn } from "./second-try.ts";
import { withTemporary } from "./temporary.ts";
import { denoPath, findTool } from "./tools.ts";

/** A part of the test run: one command, and what has to be there for it. */
export interface Part {
  /** Its words choose it: `npm test -- host deno private`. */
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Why it cannot run, and what it would have shown; "" where it can. */
  readonly missing: string;
  /** How long it takes; undefined where words choose among its files. */
  readonly expectedSeconds: number | undefined;
  /** The same with those of its files that failures name. */
  readonly again?: (failures: string) => Part;
}

/** The parts of the short run or of the whole one that words choose, all files of them or those that words name. */
export function partsOf(words: readonly string[], isShort: boolean): Part[] {
  return choose({ combinations, filesOf }, words, isShort).map((chosen) => partOf(chosen, isShort));
}

/** The paths in the package of the files of tests that words choose in the short run. */
export function chosenFiles(words: readonly string[]): string[] {
  const chosen = choose({ combinations, filesOf }, words, true).flatMap(({ files }) => files);
  return [...new Set(chosen)].map((file) => `tests/${file}.test.ts`);
}

/** Those words that choose parts. */
export function partWords(words: readonly string[]): string[] {
  return words.filter((word) => combinations.some((one) => wordsOf(one).includes(word)));
}

function partOf({ combination, files }: Chosen, isShort: boolean): Part {
  const { folder, libc, propagation, seconds, half } = combination;
  const later = isShort ? (combination.later?.length ?? 0) : 0;
  const isAll = combination.only !== undefined || files.length + later === filesOf(folder).length;
  const { command, together } = commandOf(combination, files, isShort || combination.inMemory === true);
  return {
    name: wordsOf(combination).join(" "),
    command,
    environment: {
      GUESTSHARE_TEST_FILES: JSON.stringify(together),
      ...((isShort || combination.isSampled) && { GUESTSHARE_TEST_SAMPLED: "1" }),
      ...(!isShort && half !== undefined && { GUESTSHARE_TEST_HALF: String(half) }),
      ...(propagation && { GUESTSHARE_TEST_PROPAGATION: propagation }),
      ...(libc === "ffi-rs" && { NODE_OPTIONS: `--import=${withoutKoffi}` }),
    },
    missing: missingFor(combination),
    expectedSeconds: isAll ? seconds[isShort ? "short" : "whole"] : undefined,
    again: (failures) => partOf({ combination, files: filesIn(failures, files) }, isShort),
  };
}

const withoutKoffi = pathToFileURL(join(packageRoot, "dist/tests/support/runner/without-koffi.js")).href;

/** A command, and the files of tests that it runs in one process. */
interface Command {
  readonly command: readonly string[];
  readonly together: readonly string[];
}

// Node runs what tsc made of the tests; Deno runs them as they are.
function commandOf(
  { folder, runtime, propagation }: Combination,
  files: readonly string[],
  isInMemory: boolean,
): Command {
  const pathOf = (file: string) =>
    join(packageRoot, runtime === "node" ? `dist/tests/${file}.js` : `tests/${file}.ts`);
  const isAlone = (file: string) => files.length === 1 || alone.includes(file) || alone.includes(folder);
  const apart = files.filter(isAlone).map((file) => pathOf(`${file}.test`));
  const together = files.filter((file) => !isAlone(file)).map((file) => pathOf(`${file}.test`));
  const paths = together.length > 0 ? [...apart, pathOf("support/runner/together")] : apart;
  const plain = [...(runtime === "node" ? nodeTest : denoTest), ...paths];
  const command = isInMemory ? withTemporary(plain) : plain;
  const within = commands[folder] ?? inNamespace;
  if (propagation !== undefined) return { command: within(propagation, command), together };
  return { command: isInMemory && mayMount() ? inNamespace("private", command) : plain, together };
}

// Whoever is not root is so in a namespace of his own, and what tests without mounts do depends on who they are.
const mayMount = () => getuid?.() === 0 && findTool("unshare") !== undefined;

// Of folders whose tests need more than a mount namespace of their own.
const commands: Readonly<Record<string, typeof inNamespace>> = { guest: guestCommand, vm: vmCommand };

const nodeTest = [
  process.execPath,
  "--test",
  "--test-reporter=spec",
  "--test-concurrency=1",
  "--enable-source-maps",
];
const denoTest = [denoPath() ?? "deno", "test", "-A", "--no-check"];

function missingFor({ folder, runtime, propagation }: Combination): string {
  if (folder === "guest") return missingForGuests();
  if (propagation && !findTool("unshare")) return "unshare is not installed; without it nothing is mounted";
  if (folder === "browser" && !chromium())
    return "chromium is not installed; it would have planned every fixture too";
  if (runtime === "deno" && !denoPath())
    return "deno is not installed (npm install brings it); it would have shown the same on Deno";
  return "";
}

const chromium = () => findTool("chromium") ?? findTool("chromium-browser") ?? findTool("google-chrome");

function filesOf(folder: string): string[] {
  const directory = join(packageRoot, "tests", folder);
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith(".test.ts"));
  return names.sort().map((name) => `${folder}/${name.replace(".test.ts", "")}`);
}
