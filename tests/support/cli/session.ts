import { spawnSync } from "node:child_process";
import { binary } from "./run-command.ts";

/** A command that a document shows, and what it says that the command prints. */
export interface ShownCommand {
  readonly line: string;
  readonly output: string;
}

/** The commands in the `console` blocks of a document, in their order. */
export function shownCommands(text: string): ShownCommand[] {
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((piece) => {
        const end = piece.indexOf("\n") + 1;
        return { line: piece.slice(0, end).trimEnd(), output: piece.slice(end) };
      }),
  );
}

const between = "--- the next command prints: ---";

/**
 * What the commands print, one after the other in one shell, where `guestshare` is the binary. The shell has a mount namespace of its
 * own, with an empty /run and /srv.
 */
export function sessionOf(lines: readonly string[]): string[] {
  const words = binary.map((word) => `'${word}'`).join(" ");
  const script = [
    "exec 2>&1",
    "mount -t tmpfs -o mode=0755 run /run",
    "mount -t tmpfs -o mode=0755 srv /srv",
    `guestshare() { ${words} "$@"; }`,
    ...lines.flatMap((line) => [`echo "${between}"`, line]),
  ];
  const run = spawnSync("unshare", ["-m", "sh", "-c", script.join("\n")], { encoding: "utf8" });
  return run.stdout.split(`${between}\n`).slice(1);
}
