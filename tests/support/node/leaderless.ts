import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { env, execPath } from "node:process";
import { setTimeout } from "node:timers/promises";
import { packageRoot } from "../package-root.ts";

// exit(2) ends the calling thread alone, and those of Node's pools go on.
const program = `
  const number = { x64: 60, arm64: 93 }[process.arch];
  require("koffi").load("libc.so.6").func("long syscall(long, int)")(number, 0);
`;

/** A process whose first thread has ended while others go on. */
export async function startLeaderless(): Promise<ChildProcess> {
  const child = spawn(env.GUESTSHARE_TEST_NODE ?? execPath, ["-e", program], {
    cwd: packageRoot,
    stdio: "ignore",
  });
  while (!/\) Z/.test(readFileSync(`/proc/${child.pid}/stat`, "latin1"))) await setTimeout(5);
  return child;
}
