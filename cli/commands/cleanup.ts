import { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { openShare, type ShareOptions, sandboxOf } from "../open-share.ts";
import { directoryOf } from "../plan/in-sandbox.ts";
import { escaped } from "../print/escaped.ts";
import { jsonText } from "../print/json.ts";

interface CleanupCommandOptions extends ShareOptions {
  readonly revoke?: boolean;
  readonly force?: boolean;
}

/** `guestshare cleanup`: removes all that was ever mounted for a sandbox. A sandbox that is not there is fine. */
export async function cleanup(
  io: Io,
  _words: readonly string[],
  options: CleanupCommandOptions,
): Promise<number> {
  const sandbox = sandboxOf(io, options);
  let isRemoved = false;
  const share = await openShare(io, sandbox, options, (_step, changed) => {
    isRemoved ||= changed;
  });
  const { revoke = false, force = false } = options;
  await share.cleanup({ revoke, force });
  const directory = directoryOf(sandbox);
  if (options.json) io.stdout.write(jsonText({ sandbox: sandbox.id, directory, isRemoved }));
  else if (!options.quiet)
    io.stderr.write(`Cleaned up ${escaped(directory)}${isRemoved ? "" : ", where nothing was"}.\n`);
  return ExitCode.done;
}
