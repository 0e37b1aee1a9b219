/**
 * Measures everything, in a mount namespace that run.ts made.
 *
 *     measure.js <directory> [--json]
 *
 * All programs are run in turn, and again, so that what else the machine does meets all of them; a figure is the median of
 * its program's runs, and a ratio is one of two such medians.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { asJson, asTable, type Figure, rounded } from "./figures.ts";
import { median } from "./median.ts";
import { corePath, corePrograms, mountPrograms, numberFrom } from "./programs.ts";
import { makeRoom } from "./room.ts";
import { checkSameMounts } from "./same-mounts.ts";

const SHARES = 1000;
const RUNS = 7;

const [directory = "", format] = process.argv.slice(2);
try {
  const figures = [...(await coreFigures()), ...(await mountFigures())];
  console.log(format === "--json" ? asJson(figures) : asTable(figures));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function coreFigures(): Promise<Figure[]> {
  const bytes = readFileSync(corePath);
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(bytes));
  const times = inTurn(new Map(Object.entries(corePrograms)));
  return [
    { name: "core.bytes", value: bytes.length, unit: "bytes" },
    { name: "core.imports", value: imports.length, unit: "imports" },
    figure("core.load_ms", times, "ms"),
    figure("plan.us_per_request", times, "us"),
  ];
}

async function mountFigures(): Promise<Figure[]> {
  const programs = mountPrograms(makeRoom(directory, SHARES));
  const [c, classic, ...ours] = programs as [(typeof programs)[0], (typeof programs)[0], ...typeof programs];
  for (const program of ours) await checkSameMounts(c, program);
  const times = inTurn(
    new Map(programs.map(({ name, command, rounds }) => [name, [...command, ...rounds.map(String)]])),
  );
  const ratios = (to: string, of: string) =>
    ours.map(({ name }) => ratio(`mounts.${name}.${to}`, times.get(name), times.get(of)));
  return [
    ...programs.map(({ name }) => ({ ...figure(name, times, "ms"), name: `mounts.${name}.ms` })),
    ...ratios("vs_c", c.name),
    ...ratios("vs_classic", classic.name),
  ];
}

/** The median of what each command prints. */
function inTurn(commands: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const times = new Map([...commands.keys()].map((name) => [name, [] as number[]]));
  for (let run = 0; run < RUNS; run++) {
    for (const [name, command] of commands) times.get(name)?.push(numberFrom(command));
  }
  return new Map([...times].map(([name, numbers]) => [name, median(numbers)]));
}

function figure(name: string, times: ReadonlyMap<string, number>, unit: string): Figure {
  return { name, value: rounded(times.get(name) ?? Number.NaN), unit };
}

function ratio(name: string, time = Number.NaN, reference = Number.NaN): Figure {
  return { name, value: rounded(time / reference), unit: "ratio" };
}
