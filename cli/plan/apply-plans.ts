import { setTimeout } from "node:timers/promises";
import type { FilesystemShare } from "../../ffi/mod.ts";
import type { PlanRequest, Sandbox } from "../../mod.ts";
import { ExitCode } from "../exit-code.ts";
import { failureOf } from "../explain.ts";
import { CommandError, interrupted } from "../failure.ts";
import type { OnStep } from "../open-share.ts";
import { callOf } from "./call.ts";
import { differenceOf } from "./difference.ts";
import { containersOf } from "./in-sandbox.ts";
import type { PlannedRequest } from "./planned.ts";
import { commandText, keptOf, nameOf, type Obeyed, type Performed, perform, undosOf } from "./undo.ts";

// Signals that came while steps were obeyed are delivered when the event loop has its turn. On Deno they pass through a pipe and two
// tasks first, each of which takes a turn.
const SIGNAL_TURNS = 5;

/** How plans are applied. */
export interface Applying {
  /** Opens a sandbox, and reports each step that is obeyed. */
  open(sandbox: Sandbox, onStep: OnStep): Promise<FilesystemShare>;
  /** Aborted where all is to be taken back. */
  readonly signal: AbortSignal;
  /** Whether what was planned is done, or nothing: otherwise what is needed by now. */
  readonly isExact: boolean;
  onStep(): void;
}

/** Applies plans one after the other, all or nothing. */
export class Application {
  readonly performed: Performed[] = [];
  readonly #how: Applying;
  #obeyed: Obeyed[] = [];
  #begun: { readonly request: PlanRequest; readonly hadShares: boolean } | undefined;
  /** The containers that had shares when a sandbox was first worked on. */
  readonly #before = new Map<string, readonly string[]>();

  constructor(how: Applying) {
    this.#how = how;
  }

  /**
   * @throws {CommandError} after what was done before was taken back: with exit code 3 where that failed, too, and 130 where it was
   *   interrupted.
   */
  async run(planned: readonly PlannedRequest[]): Promise<readonly Performed[]> {
    try {
      for (const one of planned) await this.#apply(one);
      return this.performed;
    } catch (error) {
      throw await this.#takeBack(this.#how.signal.aborted ? interrupted() : error);
    }
  }

  /** The commands that take back what was done so far, also of what is not done yet. */
  undoCommands(): string[] {
    const begun = this.#begun ? [{ ...this.#begun, obeyed: this.#obeyed, result: undefined }] : [];
    return undosOf([...this.performed, ...begun]).map(commandText);
  }

  async #apply({ request, plan }: PlannedRequest): Promise<void> {
    const call = callOf(request, this.#how.signal);
    if (!call) throw new TypeError(`there is no operation ${JSON.stringify(request.op)}`);
    const { op, args } = call;
    const share = await this.#open(request);
    const operation = share[op] as (...args: readonly unknown[]) => Promise<unknown>;
    const hadShares = await this.#hadShares(request, share);
    this.#begun = { request, hadShares };
    const result = await operation.apply(share, args);
    this.#begun = undefined;
    this.performed.push({ request, obeyed: this.#obeyed, result, hadShares });
    for (let turn = 0; turn < SIGNAL_TURNS; turn += 1) await setTimeout(1);
    this.#how.signal.throwIfAborted();
    const steps = this.#obeyed.map(({ step }) => step);
    if (this.#how.isExact && differenceOf(plan.steps, steps)) throw changedMeanwhile();
  }

  async #hadShares(request: PlanRequest, share: FilesystemShare): Promise<boolean> {
    if (!("container" in request)) return false;
    const name = nameOf(request.sandbox);
    // Where nothing can be looked at, the operation says why.
    const before = this.#before.get(name) ?? containersOf(await share.list().catch(() => []));
    this.#before.set(name, before);
    return before.includes(request.container.id);
  }

  #open({ sandbox }: PlanRequest): Promise<FilesystemShare> {
    this.#obeyed = [];
    return this.#how.open(sandbox, (step, changed) => {
      this.#obeyed.push({ step, changed });
      this.#how.onStep();
    });
  }

  async #takeBack(error: unknown): Promise<unknown> {
    const undos = undosOf(this.performed);
    const left = keptOf(this.performed);
    for (const undo of undos) {
      try {
        await perform(undo, await this.#how.open(undo.sandbox, () => {}));
      } catch (second) {
        left.push(`${commandText(undo)} failed: ${failureOf(second).what}`);
      }
    }
    if (left.length > 0) return leftBehind(error, left);
    return error;
  }
}

function changedMeanwhile(): CommandError {
  return new CommandError({
    what: "Cannot apply the plan: what it depends on changed while it was applied",
    why: "other steps than the planned ones were needed; what was done was taken back",
    next: "make a new plan by `guestshare plan -o`",
    exitCode: ExitCode.failed,
  });
}

function leftBehind(cause: unknown, left: readonly string[]): CommandError {
  const { what, next } = failureOf(cause);
  const why = `not all of it could be taken back: ${left.join("; ")}`;
  return new CommandError({ what, why, next, exitCode: ExitCode.leftBehind }, { cause });
}
