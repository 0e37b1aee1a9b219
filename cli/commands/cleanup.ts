import type { CommonOptions } from "../command.ts";
import { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { openShare, sandboxOf } from "../open-share.ts";
import { jsonText } from "../print/json.ts";

interface CleanupCommandOptions extends CommonOptions {
  readonly revoke?: boolean;
  readonly force?: boolean;
}

/** `guestshare cleanup`: removes all that was ever mounted for a sandbox. */
export async function cleanup(
  io: Io,
  _words: readonly string[],
  options: CleanupCommandOptions,
): Promise<number> {
  const sandbox = sandboxOf(io, options);
  const share = await openShare(io, sandbox, options);
  const { revoke = false, force = false } = options;
  await share.cleanup({ revoke, force });
  if (options.json) io.stdout.write(jsonText({ sandbox: sandbox.id }));
  else if (!options.quiet) io.stderr.write(`Cleaned up sandbox ${JSON.stringify(sandbox.id)}.\n`);
  return ExitCode.done;
}
