import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../support/package-root.ts";

/** Packs the image of sandboxes and containers into a directory of its own; gives the path of an archive that `ctr` imports. */
export function packImage(directory: string): string {
  mkdirSync(directory);
  const program = join(directory, "pause");
  const layout = join(directory, "layout");
  const archive = join(directory, "pause.tar");
  execFileSync("cc", ["-static", "-O2", "-o", program, join(packageRoot, "tests/node-program/pause.c")]);
  const umoci = (...args: string[]) =>
    execFileSync("umoci", args, { stdio: ["ignore", "ignore", "inherit"] });
  umoci("init", "--layout", layout);
  umoci("new", "--image", `${layout}:1`);
  umoci("insert", "--image", `${layout}:1`, program, "/pause");
  umoci("config", "--image", `${layout}:1`, "--config.entrypoint", "/pause");
  execFileSync("tar", ["-C", layout, "-cf", archive, "."]);
  return archive;
}
