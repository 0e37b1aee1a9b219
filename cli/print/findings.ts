import { dirname } from "node:path";
import type { Finding, MendStep } from "../../table/mod.ts";
import type { Paint } from "./colors.ts";
import { escaped } from "./escaped.ts";
import { shellWord } from "./shell-quote.ts";

/** Findings for people: what and where, why it matters, and what mends it. */
export function findingLines(findings: readonly Finding[], paint: Paint): string[] {
  return findings.flatMap((finding) => {
    const { sandbox, code, target, why } = finding;
    return [
      `${escaped(sandbox)}: ${paint("yellow", code)}  ${escaped(target)}`,
      `  why:  ${escaped(why)}`,
      ...mendLines(finding).map((line) => `  mend: ${line}`),
    ];
  });
}

function mendLines({ mend, sandbox, directory }: Finding): string[] {
  if ("steps" in mend) return mend.steps.map(stepText);
  const place = `--host-dir ${shellWord(dirname(directory))}`;
  const named = `--id ${shellWord(sandbox)} ${place}`;
  switch (mend.call) {
    case "prepare":
      return [`guestshare apply ${named}`];
    case "cleanup":
      return [`guestshare cleanup ${named}`];
    case "mend":
      return [
        `guestshare cleanup ${named} (and then share anew)`,
        "or mend() of FilesystemShare, which makes the shares of the plans again",
      ];
    case "gc":
      return [`guestshare gc ${place}`];
  }
}

function stepText(step: MendStep): string {
  if (step.op === "umount") return `unmount ${escaped(step.target)}`;
  return `remove ${escaped(step.path)}, which is empty`;
}
