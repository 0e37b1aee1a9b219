import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Room } from "./room.ts";

// This file is run as dist/bench/programs.js.
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

// 400 sandboxes of 25.
const AUDITED_MOUNTS = 10_000;

/** A program that does the job, as a command that still wants to know how often. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  /** Rounds that count, and rounds before them, in one run of the program. */
  readonly rounds: readonly [number, number];
}

/** Deno itself: what npm links to is a program of Node's that starts it. */
export const denoPath: string = `${root}node_modules/@deno/linux-${process.arch}-glibc/deno`;

/** A program of this directory on Node. */
export const node = (name: string): string[] => [process.execPath, `${root}dist/bench/${name}.js`];
/** The same on Deno. */
export const deno = (name: string): string[] => [
  denoPath,
  "run",
  "-A",
  "--no-check",
  `${root}bench/${name}.ts`,
];

/** The two references in C, compiled into the room, and the public class on each way to libc. */
export function mountPrograms(room: Room): Program[] {
  return [
    { name: "c", command: [compile("ours", room), ...argumentsOf(room)], rounds: [20, 3] },
    { name: "classic", command: [compile("classic", room), ...argumentsOf(room)], rounds: [7, 2] },
    ...onEachLibc("files", room),
  ];
}

/** The same with all shares as the mounts of one container; the original has no such call. */
export function containerPrograms(room: Room): Program[] {
  const reference = { name: "c", command: [compile("container", room), ...argumentsOf(room)] };
  return [{ ...reference, rounds: [20, 3] }, ...onEachLibc("container", room)];
}

function onEachLibc(job: "files" | "container", room: Room): Program[] {
  return onEach("mounts", job, room, [20, 10]);
}

function onEach(program: string, job: string, room: Room, rounds: Program["rounds"]): Program[] {
  const withLibc = (libc: string) => [job, libc, ...argumentsOf(room)];
  return [
    { name: "node", command: [...node(program), ...withLibc("ffi-rs")], rounds },
    { name: "node-koffi", command: [...node(program), ...withLibc("koffi")], rounds },
    { name: "deno", command: [...deno(program), ...withLibc("deno")], rounds },
  ];
}

/** The reference in C that takes back a container, and the public class that takes back what was shared in a way. */
export function unsharePrograms(room: Room): Program[] {
  const c: Program = { name: "c", command: [compile("unshare", room), ...argumentsOf(room)], rounds: [7, 2] };
  const jobs = ["container", "files", "common"].map((job) =>
    onEach("unshare", job, room, [7, 5]).map((program) => ({ ...program, name: `${program.name}.${job}` })),
  );
  return [c, ...jobs.flat()];
}

type Command = readonly [file: string, ...args: string[]];

/**
 * The reference in C that passes once over all mounts, and audit on each way to libc; before, sandboxes are made, and ended
 * afterwards.
 */
export function auditPrograms(room: Room): { make: Command; programs: Program[]; end: Command } {
  const run = (job: string): Command => [
    process.execPath,
    ...node("audit").slice(1),
    ...[job, "koffi", room.directory],
  ];
  const mounts = String(AUDITED_MOUNTS);
  const c: Program = { name: "c", command: [compile("audit", room), mounts], rounds: [20, 3] };
  const rounds: Program["rounds"] = [7, 3];
  const programs = (["ffi-rs", "koffi", "deno"] as const).map((libc) => {
    const command = libc === "deno" ? deno("audit") : node("audit");
    const name = { "ffi-rs": "node", koffi: "node-koffi", deno: "deno" }[libc];
    return { name, command: [...command, "audit", libc, room.directory], rounds };
  });
  return { make: run("make"), programs: [c, ...programs], end: run("end") };
}

/** A whole node with a monitor, beside the reference in C that passes once over its mounts. It prints its figures as JSON. */
export function nodeProgram(room: Room): Command {
  return [
    process.execPath,
    `${root}dist/bench/node.js`,
    "koffi",
    room.directory,
    compile("audit", room),
    "7",
    "3",
  ];
}

/** The reference in C that obeys a plan of a small container, and the public class. */
export function applyPrograms(room: Room): Program[] {
  const small = { ...room, shares: 25 };
  const c: Program = {
    name: "c",
    command: [compile("apply", room), ...argumentsOf(small)],
    rounds: [100, 10],
  };
  return [c, ...onEach("apply", "container", small, [100, 100])];
}

function argumentsOf({ directory, shares }: Room): string[] {
  return [directory, String(shares)];
}

/** The program that measures how long the core takes to load. */
export const loadProgram: readonly string[] = [...node("plan"), "load"];

/** The programs that measure planning, by the names of their figures. Each prints a ratio. */
export function planPrograms(room: Room): Record<string, readonly string[]> {
  return {
    "plan.request_vs_json": [...node("plan"), "request"],
    "plan.container_vs_json": [...node("plan"), "container"],
    "plan.deno.container_vs_json": [...deno("plan"), "container"],
    "plan.vs_mount": [...deno("plan-vs-mount"), ...argumentsOf(room)],
  };
}

/** The core as a file of the package. */
export const corePath: string = `${root}wasm/core.wasm`;

/** The number that a command prints. */
export function numberFrom([file = "", ...args]: readonly string[]): number {
  const { error, status, signal, stdout } = spawnSync(file, args, {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (error || status !== 0) {
    throw new Error(`Cannot measure "${[file, ...args].join(" ")}": ${error?.message ?? signal ?? status}`);
  }
  return Number(stdout);
}

/** A program in C, compiled into the room. */
export function compile(name: string, room: Room): string {
  const source = `${root}bench/${name}.c`;
  const program = `${room.directory}/${name}`;
  const { error, status } = spawnSync("cc", ["-O2", "-o", program, source], {
    stdio: ["ignore", 2, "inherit"],
  });
  if (error) throw new Error(`Cannot compile "${source}": no C compiler is called cc; install gcc or clang`);
  if (status !== 0)
    throw new Error(`Cannot compile "${source}": it takes libc's headers and Linux's, of 5.12 or later`);
  return program;
}
