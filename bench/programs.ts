import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Room } from "./room.ts";

// This file is run as dist/bench/programs.js.
const root = fileURLToPath(new URL("../../", import.meta.url));

/** A program that does the job, as a command that still wants to know how often. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  /** Rounds that count, and rounds before them, in one run of the program. */
  readonly rounds: readonly [number, number];
}

/** The two references in C, compiled into the room, and the public class on each way to libc. */
export function mountPrograms(room: Room): Program[] {
  const onNode = [process.execPath, `${root}dist/bench/mounts.js`];
  const onDeno = [`${root}node_modules/.bin/deno`, "run", "-A", "--no-check", `${root}bench/mounts.ts`];
  const job = [room.directory, String(room.shares)];
  return [
    { name: "c", command: [compile("ours", room), ...job], rounds: [20, 3] },
    { name: "classic", command: [compile("classic", room), ...job], rounds: [7, 2] },
    { name: "node", command: [...onNode, "ffi-rs", ...job], rounds: [20, 10] },
    { name: "node-koffi", command: [...onNode, "koffi", ...job], rounds: [20, 10] },
    { name: "deno", command: [...onDeno, "deno", ...job], rounds: [20, 10] },
  ];
}

/** The programs that measure the core alone. */
export const corePrograms: Record<"core.load_ms" | "plan.us_per_request", readonly string[]> = {
  "core.load_ms": [process.execPath, `${root}dist/bench/plan.js`, "load"],
  "plan.us_per_request": [process.execPath, `${root}dist/bench/plan.js`, "plan"],
};

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

function compile(name: string, room: Room): string {
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
