import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { env } from "node:process";
import { qemuArguments } from "../../../vm/mod.ts";
import { eventually } from "../../guest/support/eventually.ts";
import { findTool, isExecutable } from "../../support/runner/tools.ts";

const places = [env.GUESTSHARE_VIRTIOFSD ?? "", "/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"];

/** Every virtiofsd that is installed. */
export const virtiofsds: readonly string[] = [...new Set(places)].filter(isExecutable);

const qemu = findTool("qemu-system-x86_64");

/** Why nothing can be served to a machine; false where it can. */
export const noMachine: string | false =
  qemu === undefined
    ? "qemu-system-x86_64 is not installed (apt-get install qemu-system-x86)"
    : virtiofsds.length === 0 && "virtiofsd is not installed (apt-get install virtiofsd)";

// It does not run: its processor never starts.
function connectMachine(socket: string): ChildProcess {
  const options = { share: { socket, tag: "guestshare" }, memoryMiB: 32, accelerator: "tcg" } as const;
  return spawn(qemu as string, [...qemuArguments(options), "-S", "-monitor", "none"], { stdio: "ignore" });
}

/** A machine that is connected by now. */
export async function connected(socket: string): Promise<ChildProcess> {
  const machine = connectMachine(socket);
  await eventually(async () => assert.ok(isConnected(socket), "no connection"));
  return machine;
}

// The state of a connected socket in /proc/net/unix is 03 (SS_CONNECTED).
function isConnected(socket: string): boolean {
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.some((line) => line.endsWith(` ${socket}`) && line.split(" ")[5] === "03");
}

/** Takes a machine's power. */
export async function unplug(machine: ChildProcess): Promise<void> {
  if (machine.exitCode !== null || machine.signalCode !== null) return;
  machine.kill("SIGKILL");
  await once(machine, "exit");
}

/** What a logger was told, and the logger. */
export interface Listening {
  readonly told: { line?: string; isExpected?: boolean; signal?: string; code?: number }[];
  readonly log: { debug(fields: object): void };
}

/** A logger, and what it is told. */
export function listening(): Listening {
  const told: Listening["told"] = [];
  return { told, log: { debug: (fields: object) => void told.push(fields) } };
}

/** The processes whose command line has a word, by their numbers. */
export function processesWith(word: string): string[] {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(word));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // it is over
  }
}
