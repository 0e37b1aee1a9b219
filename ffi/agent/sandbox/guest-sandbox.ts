import type { Container } from "../../../mod.ts";
import { checkOptionNames } from "../../../words/option-names.ts";
import { type Hands, removeContainer, type Started } from "./container-life.ts";
import { containerNames, type RemoveOptions, type StartOptions } from "./container-options.ts";
import { createSandbox } from "./create-sandbox.ts";
import { destroyAll, type Ending } from "./destroy.ts";
import { runningAt } from "./exec.ts";
import type { GuestProcess } from "./guest-process.ts";
import type { GuestShare, RuntimeAgent } from "./runtime-agent.ts";
import { GuestSandboxError, throwAll } from "./sandbox-error.ts";
import { type GuestSandboxOptions, handsOf, refuseWritable } from "./sandbox-options.ts";
import { startContainer } from "./start-container.ts";
import { TurnsById } from "./turns-by-id.ts";

/**
 * The sandbox of a guest: its agent, its shares, and its containers, in the order that the agent needs: nothing that the guest may write
 * to is shared while the agent creates the sandbox, because it deletes below its mounts; a process' output is read before its end is
 * asked for; and a share goes once the agent let go of it. `await using` destroys it. A failure leaves nothing shared.
 */
export class GuestSandbox {
  readonly #hands: Hands;
  readonly #act: string;
  readonly #isAttached: boolean;
  /** By their ids. */
  readonly #containers = new Map<string, Started>();
  readonly #turns = new TurnsById();
  readonly #ending: Ending = { isAgentDone: false };
  #isOver = false;
  #ended: Promise<void> | undefined;

  private constructor(hands: Hands, id: string, isAttached: boolean) {
    this.#hands = hands;
    this.#act = `use the sandbox ${JSON.stringify(id)}`;
    this.#isAttached = isAttached;
  }

  /**
   * Has the agent of a guest that just booted create the sandbox, with the storages of `share.prepare()`.
   *
   * @throws {GuestSandboxError} "writable-shares" while the hub holds a share that the guest may write to; "sandbox-exists" if it was
   *   created before: use `attach`.
   * @throws {AgentError} if the agent refuses, or does not answer.
   */
  static async create(
    agent: RuntimeAgent,
    share: GuestShare,
    options: GuestSandboxOptions,
  ): Promise<GuestSandbox> {
    const hands = await handsOf(agent, share, options, async () => {
      const storages = await share.prepare();
      refuseWritable(options.id, await share.list());
      return storages;
    });
    await createSandbox(hands, options);
    return new GuestSandbox(hands, options.id, false);
  }

  /**
   * The sandbox that another process created, or this one before it was ended. Its containers run on: `running` gives their processes.
   *
   * @throws {AgentError} if the agent does not answer.
   */
  static async attach(
    agent: RuntimeAgent,
    share: GuestShare,
    options: GuestSandboxOptions,
  ): Promise<GuestSandbox> {
    const hands = await handsOf(
      agent,
      share,
      options,
      async () => (await share.plan("prepare")).plan.storages,
    );
    return new GuestSandbox(hands, options.id, true);
  }

  /**
   * Shares a container, and has the agent create and start it. `config` is the config.json of its bundle, as text or parsed;
   * `containerOf` makes the container of it. Gives its first process.
   *
   * @throws {GuestSandboxError} "container-exists" for an id that is used, "reserved-id" for one that no container may have.
   * @throws {FormatError} for a config.json that the agent cannot take.
   * @throws {AgentError | RequestError | StepError | CopyError} for what failed. What it made is gone then.
   */
  async start(
    container: Container,
    config: string | object,
    options: StartOptions = {},
  ): Promise<GuestProcess> {
    checkOptionNames(options, containerNames);
    this.#mustLive();
    const own = { ...container };
    return this.#turns.take(own.id, options.signal, async () => {
      if (this.#containers.has(own.id)) throw this.#trouble("container-exists", own.id);
      const process = await startContainer(this.#hands, own, config, options.signal);
      this.#containers.set(own.id, { container: own, process });
      return process;
    });
  }

  /**
   * A process that runs already: a container's first one, or the one of an exec id. What is in use here is given again. After `attach`,
   * `terminal` says whether it has one, and nothing is read before its outputs or `exited` are used: output comes to one reader alone.
   */
  running(container: Container, options: { execId?: string; terminal?: boolean } = {}): GuestProcess {
    this.#mustLive();
    const { execId = container.id, terminal = false } = options;
    const known = this.#containers.get(container.id)?.process;
    if (known?.id === execId) return known;
    const process = runningAt(this.#hands, { containerId: container.id, execId, isTerminal: terminal });
    if (execId === container.id) this.#containers.set(container.id, { container, process });
    return process;
  }

  /**
   * Ends a container, and unshares it once the agent let go of it. One that the agent does not know any more is unshared, too. After
   * `attach` it takes any container; for the termination log of a copied one, as `containerOf` made it.
   *
   * @throws {GuestSandboxError} "no-container" for one that was not started here.
   * @throws {AgentError} if the agent does not let go: the container stays shared, and can be removed again.
   * @throws what else failed, after all the rest was done.
   */
  async remove({ id, ...more }: Container, options: RemoveOptions = {}): Promise<void> {
    checkOptionNames(options, containerNames);
    const { signal } = options;
    this.#mustLive();
    await this.#turns.take(id, signal, async () => {
      const started = this.#containers.get(id);
      if (!started && !this.#isAttached) throw this.#trouble("no-container", id);
      const { container, process } = started ?? { container: { id, ...more }, process: undefined };
      const { isUnshared, failures } = await removeContainer(this.#hands, container, { process, signal });
      if (isUnshared) this.#containers.delete(id);
      throwAll(`remove the container ${JSON.stringify(id)}`, failures);
    });
  }

  /**
   * Ends all containers and the sandbox, and removes all that is shared, whatever fails before. As PID 1, the agent ends the machine.
   * After a failure it can be called again, for what was not done.
   *
   * @throws what failed, after all the rest was done.
   */
  destroy(): Promise<void> {
    this.#ended ??= this.#destroy();
    return this.#ended;
  }

  /** Leaves the sandbox to whoever attaches to it next: from now on nothing can be asked here, and nothing is destroyed. */
  detach(): void {
    this.#isOver = true;
    this.#ended ??= Promise.resolve();
  }

  /** As `destroy`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy();
  }

  async #destroy(): Promise<void> {
    this.#isOver = true;
    try {
      await this.#turns.allDone();
      await destroyAll(this.#hands, [...this.#containers.values()], this.#ending);
    } catch (error) {
      this.#ended = undefined;
      throw error;
    }
  }

  #mustLive(): void {
    if (this.#isOver) throw this.#trouble("over");
  }

  #trouble(trouble: "container-exists" | "no-container" | "over", ...subjects: string[]): GuestSandboxError {
    return new GuestSandboxError({ act: this.#act, trouble, subjects });
  }
}
