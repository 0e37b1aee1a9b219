import {
  bundle,
  onDeno as deno,
  type JobOptions,
  jobText,
  onNode as node,
  programsIn,
} from "./cold-programs.ts";
import { type Figure, figure, ratio } from "./figures.ts";
import { inTurn } from "./in-turn.ts";
import { compile, numberFrom } from "./programs.ts";
import type { Room } from "./room.ts";
import { wallOf } from "./wall.ts";

// What a process takes that shares one small container and ends, each time a new one.

const MOUNTS = 25;
const RUNS = 15;
// What is used where nothing else is there is named here, for koffi is there.
const FFI_RS: JobOptions = { open: 'await openLibc("ffi-rs")' };

/** The figures of `cold`: processes from their start to their end, and their operations alone. */
export function coldFigures(room: Room): Figure[] {
  const walls = inTurn(wallsIn(room), RUNS);
  const times = inTurn(timesIn(room), RUNS);
  const wall = (name: string) => walls.get(name) ?? Number.NaN;
  const against = (name: string, reference: string) =>
    ratio(`cold.${name}.import_vs_start`, wall(name) - wall(reference), wall(reference));
  return [
    ...[...walls.keys()].map((name) => ({ ...figure(name, walls, "ms"), name: `cold.${name}.wall_ms` })),
    ratio("cold.node-koffi.wall_vs_start", walls.get("node-koffi.job"), walls.get("node")),
    ratio("cold.node.wall_vs_start", walls.get("node.job"), walls.get("node")),
    ratio("cold.deno.wall_vs_fs", walls.get("deno.job"), walls.get("deno.fs")),
    against("node.host", "node"),
    against("node.guestshare", "node"),
    against("deno.host", "deno"),
    against("deno.guestshare", "deno"),
    ...[...times.keys()].map((name) => ({ ...figure(name, times, "ms"), name: `cold.${name}.ms` })),
    ...["node-koffi", "node", "deno"].flatMap((name) => [
      ratio(`cold.${name}.vs_c`, times.get(name), times.get("c")),
      ratio(`cold.${name}.operations_vs_c`, times.get(`${name}.operations`), times.get("c")),
    ]),
  ];
}

function wallsIn({ directory }: Room): Map<string, () => number> {
  const program = programsIn(directory);
  const job = (name: string, options?: JobOptions) => program(name, jobText("container", directory, options));
  const empty = program("empty", "");
  const host = program("host", `import ${bundle("host")};\n`);
  const guestshare = program("guestshare", `import ${bundle("mod")};\n`);
  const whole = job("whole");
  const commands: Record<string, string[]> = {
    node: node(empty),
    deno: deno(empty),
    "deno.fs": deno(program("node-fs", 'import "node:fs";\n')),
    "node.host": node(host),
    "node.guestshare": node(guestshare),
    "deno.host": deno(host),
    "deno.guestshare": deno(guestshare),
    "node-koffi.job": node(whole),
    "node.job": node(job("whole-ffi-rs", FFI_RS)),
    "deno.job": deno(whole),
  };
  return measurements(commands, wallOf);
}

// As `operations` without opening libc, which any program has to do that makes system calls.
function timesIn(room: Room): Map<string, () => number> {
  const { directory } = room;
  const program = programsIn(directory);
  const job = (name: string, options: JobOptions = {}) =>
    program(name, jobText("container", directory, { ...options, isTimed: true }));
  const all = job("all");
  const commands: Record<string, string[]> = {
    c: [compile("cold", room), directory, String(MOUNTS)],
    "node-koffi": node(all),
    node: node(job("all-ffi-rs", FFI_RS)),
    deno: deno(all),
    "node-koffi.operations": node(job("opened-koffi", { before: "koffi" })),
    "node.operations": node(job("opened-ffi-rs", { before: "ffi-rs" })),
    "deno.operations": deno(job("opened-deno", { before: "deno" })),
  };
  return measurements(commands, numberFrom);
}

function measurements(
  commands: Readonly<Record<string, readonly string[]>>,
  measure: (command: readonly string[]) => number,
): Map<string, () => number> {
  return new Map(Object.entries(commands).map(([name, command]) => [name, () => measure(command)]));
}
