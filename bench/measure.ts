/**
 * Measures the chosen groups of figures, in a mount namespace that run.ts made.
 *
 *     measure.js <directory> [--json] [group...]
 *
 * A figure is the median of its program's runs, and a ratio is one of two such medians.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { cliFigures } from "./cli.ts";
import { coldFigures } from "./cold.ts";
import { Copies } from "./copies.ts";
import { asJson, asTable, type Figure, figure, ratio } from "./figures.ts";
import { choiceOf, type Group } from "./groups.ts";
import { inTurn } from "./in-turn.ts";
import {
  applyPrograms,
  auditPrograms,
  containerPrograms,
  corePath,
  loadProgram,
  mountPrograms,
  nodeProgram,
  numberFrom,
  type Program,
  planPrograms,
  unsharePrograms,
} from "./programs.ts";
import { makeRoom, must, type Room } from "./room.ts";
import { checkSameMounts } from "./same-mounts.ts";

const SHARES = 1000;
const RUNS = 7;

const [directory = "", ...words] = process.argv.slice(2);
const measures: Readonly<Record<Group, (room: Room) => Promise<Figure[]>>> = {
  core: coreFigures,
  plan: planFigures,
  mounts: async (room) => [...(await fileFigures(room)), ...(await containerFigures(room))],
  apply: applyFigures,
  unshare: unshareFigures,
  audit: auditFigures,
  node: nodeFigures,
  cold: async (room) => coldFigures(room),
  cli: async (room) => cliFigures(room),
  copy: async (room) => new Copies(room).figures(),
};
try {
  const { groups, isJson } = choiceOf(words);
  const room = makeRoom(directory, SHARES);
  const figures: Figure[] = [];
  for (const group of groups) figures.push(...(await measures[group](room)));
  console.log(isJson ? asJson(figures) : asTable(figures));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function coreFigures(): Promise<Figure[]> {
  const bytes = readFileSync(corePath);
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(bytes));
  const times = timesOf({ "core.load_ms": loadProgram });
  return [
    { name: "core.bytes", value: bytes.length, unit: "bytes" },
    { name: "core.imports", value: imports.length, unit: "imports" },
    figure("core.load_ms", times, "ms"),
  ];
}

async function planFigures(room: Room): Promise<Figure[]> {
  const ratios = timesOf(planPrograms(room));
  return [...ratios.keys()].map((name) => figure(name, ratios, "ratio"));
}

async function fileFigures(room: Room): Promise<Figure[]> {
  const programs = mountPrograms(room) as [Program, Program, ...Program[]];
  const [c, classic, ...ours] = programs;
  await check(c, ours);
  const times = timesOf(commandsOf(programs));
  return [
    ...programs.map(({ name }) => ({ ...figure(name, times, "ms"), name: `mounts.${name}.ms` })),
    ...ours.map(({ name }) => ratio(`mounts.${name}.vs_c`, times.get(name), times.get(c.name))),
    ...ours.map(({ name }) => ratio(`mounts.${name}.vs_classic`, times.get(name), times.get(classic.name))),
  ];
}

async function containerFigures(room: Room): Promise<Figure[]> {
  const programs = containerPrograms(room) as [Program, ...Program[]];
  const [c, ...ours] = programs;
  await check(c, ours);
  const times = timesOf(commandsOf(programs));
  return [
    ...programs.map(({ name }) => ({
      ...figure(name, times, "ms"),
      name: `mounts.${name}.container_ms`,
    })),
    ...ours.map(({ name }) => ratio(`mounts.${name}.container_vs_c`, times.get(name), times.get(c.name))),
  ];
}

async function applyFigures(room: Room): Promise<Figure[]> {
  const programs = applyPrograms(room);
  const times = timesOf(commandsOf(programs));
  return [
    ...programs.map(({ name }) => ({ ...figure(name, times, "ms"), name: `apply.${name}.ms` })),
    ...["node", "node-koffi", "deno"].map((name) =>
      ratio(`apply.${name}.vs_c`, times.get(name), times.get("c")),
    ),
  ];
}

async function unshareFigures(room: Room): Promise<Figure[]> {
  const programs = unsharePrograms(room);
  const times = timesOf(commandsOf(programs));
  return [
    ...programs.map(({ name }) => ({ ...figure(name, times, "ms"), name: `unshare.${name}.ms` })),
    ...["node", "node-koffi", "deno"].map((name) =>
      ratio(`unshare.${name}.vs_c`, times.get(`${name}.container`), times.get("c")),
    ),
  ];
}

async function auditFigures(room: Room): Promise<Figure[]> {
  const { make, programs, end } = auditPrograms(room);
  must(...make);
  try {
    const times = timesOf(commandsOf(programs));
    return [
      ...programs.map(({ name }) => ({ ...figure(name, times, "ms"), name: `audit.${name}.ms` })),
      ...["node", "node-koffi", "deno"].map((name) =>
        ratio(`audit.${name}.vs_c`, times.get(name), times.get("c")),
      ),
    ];
  } finally {
    must(...end);
  }
}

async function nodeFigures(room: Room): Promise<Figure[]> {
  const [file, ...args] = nodeProgram(room);
  const figures: Record<string, number> = JSON.parse(execFileSync(file, args, { encoding: "utf8" }));
  const times = new Map(Object.entries(figures));
  return [
    { ...figure("auditMs", times, "ms"), name: "node.audit.ms" },
    { ...figure("cMs", times, "ms"), name: "node.audit.c.ms" },
    ratio("node.audit.vs_c", times.get("auditMs"), times.get("cMs")),
    { ...figure("monitorMib", times, "MiB"), name: "node.monitor.rss_mib" },
    { ...figure("childMib", times, "MiB"), name: "node.looking.rss_mib" },
    { ...figure("foundMs", times, "ms"), name: "node.dead_found.ms" },
    { ...figure("collectSeconds", times, "s"), name: "node.collected.s" },
  ];
}

async function check(reference: Program, programs: readonly Program[]): Promise<void> {
  for (const program of programs) await checkSameMounts(reference, program);
}

function commandsOf(programs: readonly Program[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    programs.map(({ name, command, rounds }) => [name, [...command, ...rounds.map(String)]]),
  );
}

function timesOf(commands: Readonly<Record<string, readonly string[]>>): Map<string, number> {
  const entries = Object.entries(commands);
  return inTurn(new Map(entries.map(([name, command]) => [name, () => numberFrom(command)])), RUNS);
}
