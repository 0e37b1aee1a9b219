import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";

/** An agent that listens. */
export interface StartedAgent {
  readonly socket: string;
  /** Ends it, and waits until it is gone. */
  readonly end: () => Promise<void>;
}

/** Starts the program of agent.c. It writes files to `shared` in the directory of a guest, which is empty. */
export async function startAgent(program: string, guest: string, delayMs: string): Promise<StartedAgent> {
  const [socket, shared] = [`${guest}/socket`, `${guest}/shared`];
  mkdirSync(shared);
  const child = spawn(program, [socket, shared, delayMs], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]); // it says "ready"
  const end = async () => {
    child.stdin.end();
    await ended;
  };
  return { socket, end };
}
