import type { ExitCode } from "./exit-code.ts";
import { failureOf } from "./explain.ts";
import type { Io } from "./io.ts";
import { escaped } from "./print/escaped.ts";
import { jsonText } from "./print/json.ts";

/** Says what failed, and gives the exit code. */
export function report(error: unknown, io: Io, isJson: boolean): ExitCode {
  const { what, why, next, code, link, exitCode } = failureOf(error);
  if (isJson) {
    const more = { ...(code && { code }), ...(link && { link }) };
    io.stdout.write(jsonText({ error: { what, why, next, ...more, exitCode } }));
    return exitCode;
  }
  io.stderr.write(`guestshare: ${escaped(what)}\n  why:  ${escaped(why)}\n  next: ${escaped(next)}\n`);
  if (link) io.stderr.write(`  link: ${escaped(link)}\n`);
  return exitCode;
}
