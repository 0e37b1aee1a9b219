import type { BindStep, Step } from "../../mod.ts";
import { escaped } from "./escaped.ts";
import { shellWord } from "./shell-quote.ts";

/** A step that util-linux's commands cannot perform. */
export class ShellError extends Error {
  override readonly name = "ShellError";
  readonly step: Step;
  /** The number of the step, from 1 on, as in the script. */
  readonly number: number;

  constructor(step: Step, number: number, reason: string) {
    super(`Cannot write step ${number} (${titleOf(step)}) for a shell: ${reason}`);
    this.step = step;
    this.number = number;
  }
}

/** What a step does, on one line. */
export function titleOf(step: Step): string {
  return escaped(`${step.op} ${placeOf(step)}`);
}

function placeOf(step: Step): string {
  if ("path" in step) return step.path;
  if ("target" in step) return step.target;
  return "guestPath" in step ? step.guestPath : step.mountpoint;
}

/**
 * The call of a function of the script that performs a step.
 *
 * @throws {ShellError} for a step that no command can perform.
 */
export function shellCommand(step: Step, number: number): string {
  switch (step.op) {
    case "mkdir":
      return `directory ${modeOf(step.mode)} ${shellWord(step.path)}`;
    case "mark":
      return "mark";
    case "guard":
      return `guard ${shellWord(step.target)}`;
    case "hub":
      return `hub ${modeOf(step.mode)} ${shellWord(step.target)}`;
    case "view":
      return `view ${shellWord(step.source)} ${shellWord(step.target)}`;
    case "bind":
      return shareCommand(step, number);
    case "use":
      return `user ${modeOf(step.mode)} ${shellWord(step.path)}`;
    case "unuse":
      return `unuse ${shellWord(step.path)}`;
    case "umount":
      return `unmount ${shellWord(step.target)}`;
    case "remove":
      return `remove ${shellWord(step.path)}`;
    case "copy":
      throw new ShellError(step, number, "only the guest's agent can take a copy");
    case "rafsMount":
    case "rafsUmount":
      throw new ShellError(step, number, "only nydusd can mount or unmount an image of its own");
  }
}

const accessTimes = /^r?(noatime|relatime|strictatime)$/;

function shareCommand(step: BindStep, number: number): string {
  const { source, target, recursive, attributes } = step;
  if (attributes.some((word) => /^r?idmap$/.test(word)))
    throw new ShellError(
      step,
      number,
      "an idmapped mount takes util-linux 2.39, whose X-mount.idmap is not used here",
    );
  // Only these words cover the mounts below, too; without an "r", "ro" does as well.
  const below = recursive ? attributes.filter((word) => word === "ro" || isRecursive(word)) : [];
  const words = [source, target, recursive ? "rbind" : "bind", ...wordsOf(attributes), ...wordsOf(below)];
  return `share ${words.map((word) => (word === "" ? "''" : shellWord(word))).join(" ")}`;
}

function isRecursive(word: string): boolean {
  return word.startsWith("r") && word !== "ro" && word !== "relatime";
}

// The attributes, and how access times are kept, of which a later word replaces an earlier one.
function wordsOf(attributes: readonly string[]): [attributes: string, times: string] {
  const times = attributes.flatMap((word) => accessTimes.exec(word)?.[1] ?? []);
  const others = attributes.filter((word) => !accessTimes.test(word));
  const plain = new Set(others.map((word) => (isRecursive(word) ? word.slice(1) : word)));
  return [[...plain].join(","), times.at(-1) ?? ""];
}

function modeOf(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
