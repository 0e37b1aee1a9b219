import type { CopyStep, Plan, Sandbox } from "../mod.ts";
import { CopyError } from "./copy/copy-error.ts";
import type { OnStep } from "./execute.ts";
import type { AskLimits } from "./linux/ask-by-child.ts";
import type { Host } from "./linux/host.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { WaitedSources } from "./linux/waited-sources.ts";
import { log } from "./logger.ts";
import { lookWith } from "./looks.ts";
import { type Opened, open } from "./opened.ts";
import {
  checkOptions,
  defaultLockTimeoutMs,
  defaultSourceTimeoutMs,
  type FilesystemShareOptions,
} from "./options.ts";
import { type CopyFor, copyStepsOf, SandboxCopies } from "./sandbox-copies.ts";
import { StepError } from "./step-error.ts";
import { type Call, takeTurn } from "./turns.ts";

/** What a plan is performed with. */
export interface Performing extends Pick<Call, "planHeld" | "isWholeWithoutHub" | "force"> {
  readonly copyFor?: CopyFor;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A source of a copy that cannot be opened or read at all fails as that of a share does.
 *
 * @throws {StepError} for such a source, and what failed else.
 */
function blameSource(steps: readonly CopyStep[]): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CopyError && error.cause instanceof SyscallError)) throw error;
    const { path, result, unfinished, cause } = error;
    const step = steps.find(({ source }) => source === path);
    const hasBegun = result.entries > 0 || unfinished.length > 0;
    throw step && !hasBegun ? new StepError(step, cause) : error;
  };
}

/** Performs a sandbox's plans: by mounts under its lock or, where its guest shares nothing, by copies. */
export class Performer {
  /** Where there is an agent. */
  readonly copies: SandboxCopies | undefined;
  readonly #options: FilesystemShareOptions;
  readonly #limits: AskLimits;
  private readonly onStep: OnStep;
  #opening: Promise<Opened> | undefined;
  #opened: Opened | undefined;

  /** @throws {TypeError} for options that are none. */
  constructor(sandbox: Sandbox, options: FilesystemShareOptions) {
    checkOptions(options);
    const { agent, logger } = options;
    this.#options = options;
    this.#limits = { timeoutMs: options.sourceTimeoutMs ?? defaultSourceTimeoutMs };
    const fields = { subsystem: "filesystem share", sandbox: sandbox?.id };
    this.onStep = logger ? (step, changed) => log(logger, { ...fields, step, changed }, step.op) : () => {};
    if (!agent) return;
    // What a listener throws is its own trouble: what it was told has happened.
    const tell = (listener: () => void) => {
      try {
        listener();
      } catch (error) {
        log(logger, { ...fields, error }, "a listener threw");
      }
    };
    this.copies = new SandboxCopies(agent, {
      ...options,
      sourceTimeoutMs: this.#limits.timeoutMs,
      onCopied: (step, result) => {
        this.onStep(step, true);
        tell(() => options.onCopied?.(step, result));
      },
      onWatch: (event) => {
        log(logger, { ...fields, ...event }, `watch ${event.kind}`);
        tell(() => options.onWatch?.(event));
      },
    });
  }

  /** What was opened before; nothing has to be awaited then. */
  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** Opens the core and this machine, once. */
  open(): Promise<Opened> {
    this.#opening ??= open(this.#options.libc).then((opened) => {
      this.#opened = opened;
      return opened;
    });
    return this.#opening;
  }

  /**
   * Obeys a plan. One that copies does nothing else: nothing is shared with such a guest. Gives the plan that was obeyed.
   *
   * @throws {StepError | PlanError | CopyError} for what could not be done.
   */
  perform(host: Host, plan: Plan, performing: Performing = {}): Promise<Plan> {
    const { copyFor, signal, planHeld, isWholeWithoutHub, force } = performing;
    const steps = this.copies && copyFor ? copyStepsOf(plan) : [];
    if (this.copies && copyFor && steps.length > 0)
      return this.copies.obey(host, steps, copyFor).then(() => plan, blameSource(steps));
    const { nydusd, lockTimeoutMs = defaultLockTimeoutMs } = this.#options;
    const limits = this.limits(signal);
    const { onStep } = this;
    // Without a spread, which takes Node half a microsecond.
    return takeTurn({
      host,
      nydusd,
      plan,
      planHeld,
      isWholeWithoutHub,
      force,
      onStep,
      lockTimeoutMs,
      limits,
    });
  }

  /**
   * Waits for the servers of a plan's sources, which would make the plan begin anew under the lock.
   *
   * @throws {StepError} for the first one that does not answer.
   */
  async waitForSources(host: Host, plan: Plan): Promise<void> {
    const sources = plan.steps.flatMap((step) => (step.op === "bind" ? [step.source] : []));
    const waited = new WaitedSources(host.sys, host.table, this.limits());
    const paths = sources.filter((path) => !waited.isAtHand(path));
    try {
      await lookWith(
        () => plan,
        () => waited.wait({ paths, question: "stat" }),
      );
    } finally {
      waited.close();
    }
  }

  /** How long the server of a source may take to answer. */
  limits(signal?: AbortSignal): AskLimits {
    return signal ? { ...this.#limits, signal } : this.#limits;
  }
}
