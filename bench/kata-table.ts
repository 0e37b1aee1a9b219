/**
 * Measures a program that kata.ts built beside this package, in a mount namespace, and prints the table.
 *
 *     kata-table.js <directory> <program>
 */
import process from "node:process";
import { bundle, type Job, jobText, onDeno, onNode, programsIn } from "./cold-programs.ts";
import { inTurn } from "./in-turn.ts";
import { numberFrom } from "./programs.ts";
import { makeRoom } from "./room.ts";
import { wallOf } from "./wall.ts";

const SHARES = 1000;
const SMALL = 25;
const RUNS = 9;

const [directory = "", kata = ""] = process.argv.slice(2);
makeRoom(directory, SHARES);
const program = programsIn(directory);

type Column = "koffi" | "ffi-rs" | "deno";
const columns: readonly Column[] = ["koffi", "ffi-rs", "deno"];
const on = (column: Column, file: string) => (column === "deno" ? onDeno(file) : onNode(file));
const ours = (column: Column, job: Job, shares: number, isTimed: boolean) => {
  const options = { shares, isTimed, open: `await openLibc("${column}")` };
  return on(column, program(`${job}-${column}-${isTimed}`, jobText(job, directory, options)));
};
const theirs = (job: Job, shares: number) => [kata, job, directory, String(shares)];

interface Row {
  readonly title: string;
  measure(command: readonly string[]): number;
  readonly kata?: readonly string[];
  command(column: Column): readonly string[];
}

function timed(title: string, job: Job, shares: number): Row {
  return {
    ...{ title, measure: numberFrom, kata: theirs(job, shares) },
    command: (column) => ours(column, job, shares, true),
  };
}

const rows: readonly Row[] = [
  {
    title: `a process: prepare, ${SMALL} read-only files, unshare, cleanup, end`,
    ...{ measure: wallOf, kata: theirs("container", SMALL) },
    command: (column) => ours(column, "container", SMALL, false),
  },
  {
    title: "of it the runtime with an empty module",
    ...{ measure: wallOf, command: (column) => on(column, program("empty", "")) },
  },
  {
    title: "the same that imports guestshare/host",
    ...{ measure: wallOf, command: (column) => on(column, program("host", `import ${bundle("host")};\n`)) },
  },
  timed("the operations, cold", "container", SMALL),
  timed(`${SHARES} read-only files one by one and cleanup, cold`, "files-ro", SHARES),
  timed("the same, read-write", "files-rw", SHARES),
  timed(`taking back ${SHARES} of one container`, "unshare", SHARES),
];

const measurements = rows.flatMap((row) => [
  ...(row.kata ? [[`${row.title}: Kata`, () => row.measure(row.kata ?? [])] as const] : []),
  ...columns.map((column) => {
    const command = row.command(column);
    return [`${row.title}: ${column}`, () => row.measure(command)] as const;
  }),
]);
const found = inTurn(new Map(measurements), RUNS);
const cell = (title: string, column: string) => found.get(`${title}: ${column}`)?.toPrecision(3) ?? "";
console.log("| milliseconds | Kata Go | Node, koffi | Node, ffi-rs | Deno |\n|---|---|---|---|---|");
for (const { title } of rows)
  console.log(`| ${[title, ...["Kata", ...columns].map((column) => cell(title, column))].join(" | ")} |`);
