import { resolve } from "node:path";
import type { FilesystemShare } from "../../ffi/mod.ts";
import type { CommonOptions } from "../command.ts";
import { type AgentOptions, connect } from "../copies/agent.ts";
import { copyFailure } from "../copies/copy-failure.ts";
import { type Copied, openCopyShare } from "../copies/copy-share.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { type Bundle, bundleIn } from "../input/bundle.ts";
import type { Io } from "../io.ts";
import { sandboxOf } from "../open-share.ts";
import { copiedLines, noteLines } from "../print/copied.ts";
import { escaped } from "../print/escaped.ts";
import { jsonText } from "../print/json.ts";
import { ProgressLine } from "../print/progress.ts";

/** The options of commands that copy. */
export interface CopyCommandOptions extends CommonOptions, AgentOptions {
  readonly container?: string;
  readonly destination?: string;
  readonly bundle?: string;
  readonly random?: string;
}

/** `guestshare copy`: sends a file, a directory, or the mounts of a bundle to a guest's agent. */
export async function copy(io: Io, [path]: readonly string[], options: CopyCommandOptions): Promise<number> {
  const { bundle } = options;
  if ((path === undefined) === (bundle === undefined))
    throw usageError(
      `Cannot copy ${path === undefined ? "nothing" : "a path and a bundle at once"}`,
      "name a file, a directory, or the bundle by --bundle",
    );
  const { sandbox, container } =
    bundle === undefined ? { sandbox: sandboxOf(io, options) } : await copiedBundle(io, bundle, options);
  const { copyReasons } = await import("../../ffi/mod.ts");
  const copied: Copied[] = [];
  const progress = new ProgressLine(io.stderr, { isQuiet: options.quiet === true, now: Date.now });
  const onCopied = (one: Copied) => {
    copied.push(one);
    if (!options.quiet) for (const line of noteLines(one, copyReasons)) io.stderr.write(`${line}\n`);
  };
  const agent = await connect(io, options);
  try {
    const share = await openCopyShare(io, options, { sandbox, agent }, { progress, onCopied });
    if (container) await share.shareContainer(container, { signal: io.signal });
    else if (path !== undefined) await copyPath(io, share, path, options);
  } catch (error) {
    throw await copyFailure(error, io, copied);
  } finally {
    progress.clear();
    await agent.close();
  }
  io.stdout.write(options.json ? jsonText({ copies: copied }) : `${copiedLines(copied).join("\n")}\n`);
  return ExitCode.done;
}

// A root filesystem is not copied: it is the guest's own.
async function copiedBundle(io: Io, path: string, options: CopyCommandOptions): Promise<Bundle> {
  const { sandbox, container } = await bundleIn(io, path, options);
  return { sandbox: { ...sandbox, serviceOffload: true }, container: { ...container, rootFs: {} } };
}

/** Copies a file or a directory for a container. */
export async function copyPath(
  io: Io,
  share: FilesystemShare,
  path: string,
  { container = "default", destination, random }: CopyCommandOptions,
): Promise<void> {
  const source = resolve(io.cwd, path);
  const mount = { source, destination: destination ?? source, type: "bind", options: ["rbind"] };
  const shared = await share.shareFile({ id: container }, mount, { random, signal: io.signal });
  if (shared === null)
    throw new CommandError({
      what: `Cannot copy ${escaped(source)}: it is a socket, a pipe or a device`,
      why: "there are no contents that an agent could write",
      next: "name a file or a directory",
      exitCode: ExitCode.failed,
    });
}
