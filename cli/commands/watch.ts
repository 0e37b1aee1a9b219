import { lstatSync } from "node:fs";
import { join, resolve } from "node:path";
import { connect } from "../copies/agent.ts";
import { copyFailure } from "../copies/copy-failure.ts";
import { openCopyShare } from "../copies/copy-share.ts";
import { Watching } from "../copies/watching.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { sandboxOf } from "../open-share.ts";
import { escaped } from "../print/escaped.ts";
import { type CopyCommandOptions, copyPath } from "./copy.ts";

/** `guestshare watch`: copies a volume that kubelet updates, and keeps the guest's copy like it until Ctrl-C. */
export async function watch(
  io: Io,
  [path = ""]: readonly string[],
  options: CopyCommandOptions,
): Promise<number> {
  mustBeUpdated(resolve(io.cwd, path));
  const sandbox = sandboxOf(io, options);
  const watching = new Watching(io, options);
  const agent = await connect(io, options);
  try {
    const share = await openCopyShare(io, options, { sandbox, agent }, watching);
    await copyPath(io, share, path, options);
    await watching.untilInterrupted();
    await share[Symbol.asyncDispose]();
  } catch (error) {
    throw await copyFailure(error, io, watching.copied);
  } finally {
    watching.progress.clear();
    await agent.close();
  }
  return ExitCode.interrupted;
}

// As kubelet writes configmaps, secrets, projected volumes and the downward API. Any other directory would be copied once.
function mustBeUpdated(volume: string): void {
  let code = "ENOTSUP";
  try {
    if (lstatSync(join(volume, "..data")).isSymbolicLink()) return;
  } catch (error) {
    code = (error as NodeJS.ErrnoException).code ?? code;
  }
  throw new CommandError({
    what: `Cannot watch ${escaped(volume)}: ${code} (it has no link ..data)`,
    why: "only volumes that kubelet updates can be followed: configmaps, secrets and their like",
    next: "copy it once, by `guestshare copy`",
    exitCode: ExitCode.failed,
  });
}
