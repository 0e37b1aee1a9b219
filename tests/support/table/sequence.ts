import { mkdirSync } from "node:fs";
import { type Plan, PlanError, type Sandbox, type Step, StepError } from "../../../ffi/mod.ts";
import { type MountTable, predict, tableLines } from "../../../table/mod.ts";
import type { Dice } from "../../campaign/dice.ts";
import { rejectionOf } from "../faults/sweep.ts";
import { mountTmpfs, unmount } from "../mounts.ts";
import { Scratch } from "../scratch.ts";
import { RandomCalls, type SharedOne } from "./any-call.ts";
import { type AnyCall, containerOf, nameOf, perform } from "./call.ts";
import { ExpectedShares } from "./expected-shares.ts";
import { type FailingMount, failingMount } from "./failing-mount.ts";
import { kernelTable } from "./kernel-table.ts";
import { makeWorld, missing, type World } from "./world.ts";

const OPERATIONS = 12;
const LAST_CALL = 10;

/** What came of a sequence. */
export interface Played {
  /** What was done, in words. */
  readonly story: readonly string[];
  /** What is not as it was predicted, or not recognised; empty where all is. */
  readonly wrong: readonly string[];
}

/**
 * Performs operations at random on two sandboxes, some of which fail in their middle. After each, the table that was predicted
 * from the one before the first has to be the kernel's, and its shares have to be recognised.
 */
export async function playSequence(path: string, dice: Dice): Promise<Played> {
  mkdirSync(path, { recursive: true });
  mountTmpfs(path);
  try {
    return await new Sequence(new Scratch(path), dice).play();
  } finally {
    unmount(path);
  }
}

class Sequence {
  readonly #scratch: Scratch;
  readonly #dice: Dice;
  readonly #world: World;
  readonly #any: RandomCalls;
  readonly #expected: ExpectedShares;
  readonly #shared: SharedOne[] = [];
  #predicted: MountTable;

  constructor(scratch: Scratch, dice: Dice) {
    this.#scratch = scratch;
    this.#dice = dice;
    this.#world = makeWorld(scratch, dice);
    this.#any = new RandomCalls(dice, this.#world);
    this.#expected = new ExpectedShares(scratch.hostDir);
    this.#predicted = kernelTable();
  }

  async play(): Promise<Played> {
    const story: string[] = [];
    const wrong: string[] = [];
    while (story.length < OPERATIONS && wrong.length === 0) {
      const id = ["s1", "s2"][story.length] ?? this.#dice.oneOf(["s1", "s1", "s1", "s2"]);
      const call: AnyCall = story.length < 2 ? ["prepare"] : this.#any.next(id, this.#shared);
      const error = await this.#perform(this.#sandbox(id), call, wrong);
      story.push(`${id}: ${nameOf(call)}: ${error ?? "done"}`);
      const now = kernelTable();
      wrong.push(...differences(this.#predicted, now), ...this.#expected.compare(now));
    }
    return { story, wrong };
  }

  #sandbox(id: string): Sandbox {
    const sandboxBindMounts = [this.#world.roots[0] as string, this.#world.sources[0] as string];
    return this.#scratch.sandbox(this.#dice.onceIn(3) ? { id, sandboxBindMounts } : { id });
  }

  async #perform(sandbox: Sandbox, call: AnyCall, wrong: string[]): Promise<unknown> {
    const [operation, ...args] = call;
    const share = this.#scratch.share(sandbox);
    const planned = await share.plan(operation, ...(args as [])).catch(() => undefined);
    const libc = this.#dice.onceIn(4) ? failingMount(1 + this.#dice.below(LAST_CALL)) : undefined;
    const failing = libc ? this.#scratch.share(sandbox, { libc }) : share;
    const performed = perform(failing, call).then((shared) => this.#note(sandbox.id, call, shared));
    const error = await rejectionOf(performed);
    if (planned && isOfSteps(error)) this.#predict(planned.plan, error, libc, wrong);
    return error;
  }

  #note(sandbox: string, call: AnyCall, shared: unknown): void {
    const { hostPath } = (shared ?? {}) as { hostPath?: string };
    const container = containerOf(call);
    if (hostPath !== undefined && container !== undefined)
      this.#shared.push({ sandbox, container, hostPath });
  }

  #predict(plan: Plan, error: unknown, libc: FailingMount | undefined, wrong: string[]): void {
    const failed = failedStep(error);
    const isGiven = failed && (libc?.hasFailed() || isOfMissing(failed));
    const failsAt = isGiven ? plan.steps.findIndex((step) => isSame(step, failed)) : undefined;
    const { mounts, failures } = predict(this.#predicted, [{ ...plan, failsAt }]);
    this.#predicted = mounts;
    this.#expected.follow(plan, failures);
    const hasFailed = error !== undefined && failed?.op !== "remove";
    if (failures.length > 0 !== hasFailed) wrong.push(`predicted ${JSON.stringify(failures)}`);
  }
}

function isOfSteps(error: unknown): boolean {
  return error === undefined || failedStep(error) !== undefined;
}

// Of several the first that is about a mount: removing a directory on which others have something mounted fails, too.
function failedStep(error: unknown): Step | undefined {
  if (error instanceof PlanError) {
    const steps = error.failures.map(({ step }) => step as Step);
    return steps.find(({ op }) => op !== "remove") ?? steps[0];
  }
  return error instanceof StepError ? (error.step as Step) : undefined;
}

function isOfMissing(step: Step): boolean {
  return step.op === "bind" && step.source === missing.source;
}

function isSame(one: Step, other: Step): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function differences(predicted: MountTable, found: MountTable): string[] {
  const [left, right] = [tableLines(predicted), tableLines(found)];
  return [
    ...left.filter((line) => !right.includes(line)).map((line) => `predicted, and not there: ${line}`),
    ...right.filter((line) => !left.includes(line)).map((line) => `there, and not predicted: ${line}`),
  ];
}
