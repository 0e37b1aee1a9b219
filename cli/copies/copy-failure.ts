import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { escaped } from "../print/escaped.ts";
import { byteText, entriesText } from "../print/number-text.ts";
import type { Copied } from "./copy-share.ts";

/** What is said of a copy that failed: what is in the guest by now, for no agent removes anything. Other errors stay as they are. */
export async function copyFailure(error: unknown, io: Io, copied: readonly Copied[]): Promise<unknown> {
  const { CopyError } = await import("../../ffi/mod.ts");
  if (!(error instanceof CopyError)) return error;
  const { result, unfinished } = error;
  const left = [
    ...copied.map(({ guestPath }) => escaped(guestPath)),
    ...(result.entries > 0
      ? [`${entriesText(result.entries)} (${byteText(result.bytes)}) of this copy`]
      : []),
    ...unfinished.map(({ guestPath, bytes }) => `${byteText(bytes)} of ${escaped(guestPath)}`),
  ];
  const isLeft = left.length > 0;
  const exitCode = io.signal.aborted ? ExitCode.interrupted : isLeft ? ExitCode.leftBehind : ExitCode.failed;
  return new CommandError(
    {
      what: escaped(error.message),
      why: isLeft ? `the guest has by now: ${left.join(", ")}` : "nothing arrived in the guest",
      next: "run it again: it copies to another place; what is left goes with the guest",
      exitCode,
    },
    { cause: error },
  );
}
