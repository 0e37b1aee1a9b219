import type { Writable } from "node:stream";
import { childPath } from "./ask-by-child.ts";

/** Ends what `keepAlive` began. */
export type LetGo = () => void;

type Spawn = typeof import("node:child_process").spawn;

// Descriptors of a child: more than these are more than a shell's ulimit may allow.
const MOST_DESCRIPTORS = 200;

/**
 * Keeps the mounts of some descriptors alive in child processes, until they are let go. The last unmount of a filesystem may
 * write back dirty data and ask the server (fuseblk, NFS): the process that drops the last reference waits for that, and so
 * that process is a child. A machine without `cat`, or a Deno without `--allow-run=cat`, has no such child.
 */
export async function keepAlive(fds: readonly number[]): Promise<LetGo> {
  const { spawn } = await import("node:child_process");
  const inputs: Writable[] = [];
  for (let at = 0; at < fds.length; at += MOST_DESCRIPTORS) {
    const input = start(spawn, fds.slice(at, at + MOST_DESCRIPTORS));
    if (input) inputs.push(input);
  }
  return () => {
    for (const input of inputs) input.end();
  };
}

function start(spawn: Spawn, fds: readonly number[]): Writable | undefined {
  try {
    const child = spawn("cat", [], {
      stdio: ["pipe", "ignore", "ignore", ...fds],
      cwd: "/",
      env: { PATH: childPath },
    });
    child.on("error", () => {}); // no such program
    child.stdin?.on("error", () => {});
    child.unref();
    return child.stdin ?? undefined;
  } catch {
    return undefined; // Deno's permissions
  }
}
