import type { CopiedSource, CopyStep, HeldShare, Plan, Sandbox } from "../mod.ts";
import { CopyError } from "./copy/copy-error.ts";
import type { Call, OnStep } from "./execute.ts";
import type { AskLimits } from "./linux/ask-by-child.ts";
import type { Host } from "./linux/host.ts";
import { hubSharesIn, hubSharesLike, hubSharesOf } from "./linux/hub-shares.ts";
import type { KeptSources } from "./linux/kept-sources.ts";
import { SyscallError } from "./linux/syscall-error.ts";
import { log } from "./logger.ts";
import { type Opened, open } from "./opened.ts";
import type { CopyFor, SandboxCopies } from "./sandbox-copies.ts";
import { checkOptions, type FilesystemShareOptions } from "./share-options.ts";
import { defaultLockTimeoutMs, defaultSourceTimeoutMs } from "./share-timeouts.ts";
import { StepError } from "./step-error.ts";
import { takeTurn } from "./turns.ts";

/** How a plan is performed. */
export interface Performing<P extends Plan> extends Pick<Call, "isWholeWithoutHub" | "force"> {
  readonly planUnderLock?: (() => Promise<P>) | undefined;
  readonly copyFor?: CopyFor;
  readonly kept?: KeptSources | undefined;
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
  readonly sandbox: Sandbox;
  /** How long another process may hold a lock. */
  readonly lockTimeoutMs: number;
  readonly #options: FilesystemShareOptions;
  readonly #limits: AskLimits;
  private readonly onStep: OnStep;
  readonly #fields: Readonly<Record<string, unknown>>;
  #copies: SandboxCopies | undefined;
  #opening: Promise<Opened> | undefined;
  #opened: Opened | undefined;

  /** @throws {TypeError} for options that are none. */
  constructor(sandbox: Sandbox, options: FilesystemShareOptions) {
    checkOptions(options);
    const { logger } = options;
    this.sandbox = sandbox;
    this.lockTimeoutMs = options.lockTimeoutMs ?? defaultLockTimeoutMs;
    this.#options = options;
    this.#limits = { timeoutMs: options.sourceTimeoutMs ?? defaultSourceTimeoutMs };
    const fields = { subsystem: "filesystem share", sandbox: sandbox?.id };
    this.#fields = fields;
    this.onStep = logger ? (step, changed) => log(logger, { ...fields, step, changed }, step.op) : () => {};
  }

  /** The copies in the guest, where there is an agent; undefined until something was opened, for nothing is copied before. */
  get copies(): SandboxCopies | undefined {
    return this.#copies;
  }

  /** Whether there is a nydusd, which has images mounted. */
  get hasNydusd(): boolean {
    return this.#options.nydusd !== undefined;
  }

  /** What the guest has of copies that containers have together, as requests say it. */
  copied(): { copied?: readonly CopiedSource[] } {
    const copied = this.copies?.copied ?? [];
    return copied.length === 0 ? {} : { copied };
  }

  /** What the hub of a sandbox's directory holds for several containers. The core is the judge of its words. */
  hubShares(host: Host, directory: string): Promise<HeldShare[]> {
    return hubSharesIn(host, directory) as Promise<HeldShare[]>;
  }

  /** Those of these shares that unsharing a container is about. */
  hubSharesOf(host: Host, directory: string, container: string): Promise<HeldShare[]> {
    return hubSharesOf(host, directory, container) as Promise<HeldShare[]>;
  }

  /** Those of these shares that may serve a source, by what sources are. */
  hubSharesLike(host: Host, directory: string, identities: () => ReadonlySet<string>): Promise<HeldShare[]> {
    return hubSharesLike(host, directory, identities) as Promise<HeldShare[]>;
  }

  /** What was opened before, so that nothing has to be awaited. */
  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** Opens the core and this machine, once. */
  open(): Promise<Opened> {
    this.#opening ??= Promise.all([open(this.#options.libc), this.#loadCopies()]).then(([opened, copies]) => {
      this.#copies = copies;
      this.#opened = opened;
      return opened;
    });
    return this.#opening;
  }

  // Copying is half of all code, and who shares has no use for it.
  async #loadCopies(): Promise<SandboxCopies | undefined> {
    const { agent, onCopied, onWatch, ...options } = this.#options;
    if (!agent) return undefined;
    const { SandboxCopies } = await import("./sandbox-copies.ts");
    return new SandboxCopies(agent, {
      ...options,
      sourceTimeoutMs: this.#limits.timeoutMs,
      onCopied: (step, result) => {
        this.onStep(step, true);
        this.#tell(() => onCopied?.(step, result));
      },
      onWatch: (event) => {
        log(options.logger, { ...this.#fields, ...event }, `watch ${event.kind}`);
        this.#tell(() => onWatch?.(event));
      },
    });
  }

  // An error of a listener changes nothing: the event has happened.
  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      log(this.#options.logger, { ...this.#fields, error }, "a listener threw");
    }
  }

  /**
   * Obeys a plan. A plan that copies has no other steps, for nothing is shared with such a guest. Gives the plan that was
   * obeyed.
   *
   * @throws {StepError | PlanError | CopyError} for the steps that failed.
   */
  perform<P extends Plan>(host: Host, plan: P, performing: Performing<P> = {}): Promise<P> {
    const { copyFor, signal, kept, planUnderLock, isWholeWithoutHub, force } = performing;
    const steps = this.copies && copyFor ? plan.steps.filter((step) => step.op === "copy") : [];
    if (this.copies && copyFor && steps.length > 0)
      return this.copies.obey(host, steps, copyFor).then(() => plan, blameSource(steps));
    const { nydusd } = this.#options;
    const limits = this.limits(signal);
    const { onStep, lockTimeoutMs } = this;
    // Without a spread, which takes Node half a microsecond.
    const call: Call = {
      host,
      nydusd,
      plan,
      planUnderLock,
      kept,
      isWholeWithoutHub,
      force,
      onStep,
      lockTimeoutMs,
      limits,
    };
    return takeTurn(call) as Promise<P>;
  }

  /** How long the server of a source may take to answer. */
  limits(signal?: AbortSignal): AskLimits {
    return signal ? { ...this.#limits, signal } : this.#limits;
  }
}
