import type { Agent, CopyResult, FilesystemShare, WatchEvent } from "../../ffi/mod.ts";
import type { Sandbox } from "../../mod.ts";
import type { CommonOptions } from "../command.ts";
import { libcOf } from "../engine.ts";
import type { Io } from "../io.ts";
import { loggerOf } from "../logs.ts";
import { escaped } from "../print/escaped.ts";
import type { ProgressLine } from "../print/progress.ts";

/** What was copied, where to, and what came of it. */
export interface Copied extends CopyResult {
  readonly source: string;
  readonly guestPath: string;
}

/** Who hears of copies. */
export interface CopyListener {
  readonly progress: ProgressLine;
  readonly onCopied: (copied: Copied) => void;
  readonly onWatch?: (event: WatchEvent) => void;
}

/** What copies for a sandbox that shares nothing, as the options say. Volumes are watched where somebody hears of it. */
export async function openCopyShare(
  io: Io,
  options: CommonOptions,
  { sandbox, agent }: { readonly sandbox: Sandbox; readonly agent: Agent },
  { progress, onCopied, onWatch }: CopyListener,
): Promise<FilesystemShare> {
  const { FilesystemShare } = await import("../../ffi/mod.ts");
  return new FilesystemShare(
    { ...sandbox, sharedFs: "none" },
    {
      ...(await libcOf(options)),
      ...(await loggerOf(io, options)),
      ...{ agent, watch: onWatch !== undefined, onWatch },
      copy: {
        total: true,
        onProgress: (done) => progress.show(escaped(done.path), done),
      },
      onCopied({ source, guestPath }, result) {
        progress.clear();
        progress.begin();
        onCopied({ source, guestPath, ...result });
      },
    },
  );
}
