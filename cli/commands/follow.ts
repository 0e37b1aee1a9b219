import { existsSync, realpathSync } from "node:fs";
import type { CommonOptions } from "../command.ts";
import { libcOf } from "../engine.ts";
import { ExitCode } from "../exit-code.ts";
import { hostDirOf } from "../host-dir.ts";
import type { Io } from "../io.ts";
import { changeIn, changeLine } from "../print/followed.ts";
import { jsonLine } from "../print/json.ts";

/** `guestshare follow`: a line for each mount of a sandbox that comes or goes, by whichever process, until Ctrl-C. */
export async function follow(io: Io, _words: readonly string[], options: CommonOptions): Promise<number> {
  const { followSandboxes } = await import("../../ffi/mod.ts");
  const named = hostDirOf(io, options);
  // As the mount table calls it.
  const hostDir = existsSync(named) ? realpathSync(named) : named;
  const changes = followSandboxes({ hostDir, signal: io.signal, ...(await libcOf(options)) });
  for await (const found of changes) {
    const { id, json } = options;
    const change = id === undefined ? found : changeIn(found, `${hostDir}/${id}`);
    if (!change) continue;
    const time = new Date();
    io.stdout.write(json ? jsonLine({ time, ...change }) : `${changeLine(change, time)}\n`);
  }
  return ExitCode.interrupted;
}
