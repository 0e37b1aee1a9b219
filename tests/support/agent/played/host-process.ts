import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import type { Process } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { ByteQueue } from "./byte-queue.ts";
import type { ProcessStreams, RunningProcess } from "./machine.ts";

/** Starts a program of this machine in place of a container's. Only its output says that one has a terminal. */
export function runHere(process: Process, cwd: string, { stdout, stderr }: ProcessStreams): RunningProcess {
  const [program = "", ...args] = process.args;
  const env = Object.fromEntries(process.env.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
  // The leader of a group, so that what it starts ends with it.
  const child = spawn(program, args, { cwd, env: { PATH: "/usr/bin:/bin", ...env }, detached: true });
  const ends = [
    follow(child.stdout, stdout),
    follow(child.stderr, process.terminal ? stdout : stderr),
    new Promise<number>((resolve) => {
      child.on("error", () => resolve(127));
      child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
    }),
  ] as const;
  child.stdin.on("error", () => {}); // it has ended
  const exited = Promise.all(ends).then(([, , status]) => {
    stdout.end();
    stderr.end();
    return status;
  });
  return {
    exited,
    write: async (bytes) => void child.stdin.write(bytes),
    closeStdin: async () => void child.stdin.end(),
    signal: async (number) => kill(child.pid as number, number),
    handles: async (signal) => handles(child.pid as number, signal),
    resize: async () => {},
  };
}

function follow(stream: NodeJS.ReadableStream, queue: ByteQueue): Promise<void> {
  stream.on("data", (bytes: Uint8Array) => queue.push(bytes));
  return new Promise((resolve) => stream.on("close", resolve));
}

function kill(pid: number, signal: number): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

function handles(pid: number, signal: number): boolean {
  try {
    const caught = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    return ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n;
  } catch {
    return false;
  }
}
