import { spawnSync } from "node:child_process";

/** Has a raw terminal end lines as they come: the runtime leaves it to end them once more, which the program's own one has done. */
export function endLinesOnce(): void {
  spawnSync("stty", ["-onlcr"], { stdio: ["inherit", "ignore", "ignore"] });
}
