import type { Container } from "../../../mod.ts";
import { checkOptionNames } from "../../../words/option-names.ts";
import { type Hands, removeContainer, type Started, startContainer } from "./container-life.ts";
import { destroyAll } from "./destroy.ts";
import { execIn, firstProcessOf } from "./exec.ts";
import type { GuestProcess } from "./guest-process.ts";
import { type GuestShare, hasContainer, type RuntimeAgent } from "./runtime-agent.ts";
import { GuestSandboxError, throwAll } from "./sandbox-error.ts";
import {
  type GuestSandboxOptions,
  handsOf,
  refuseWritable,
  requestOf,
  type StartOptions,
  startNames,
} from "./sandbox-options.ts";

/**
 * The sandbox of a guest: its agent, what is shared with it, and its containers. It keeps the order that the agent needs: nothing that
 * the guest may write to is shared while the agent creates the sandbox, because it deletes below its mounts first; a process' output is
 * read before its end is asked for; and a share goes once the agent let go of it.
 *
 * `await using` destroys it. A failure leaves nothing shared.
 */
export class GuestSandbox {
  readonly #hands: Hands;
  readonly #act: string;
  readonly #isAttached: boolean;
  /** By their ids; undefined while one starts. */
  readonly #containers = new Map<string, Started | undefined>();
  readonly #starting = new Set<Promise<unknown>>();
  #ended: Promise<void> | undefined;

  private constructor(hands: Hands, id: string, isAttached: boolean) {
    this.#hands = hands;
    this.#act = `use the sandbox ${JSON.stringify(id)}`;
    this.#isAttached = isAttached;
  }

  /**
   * Has the agent of a guest that just booted create the sandbox, with the storages of `share.prepare()`.
   *
   * @throws {GuestSandboxError} "writable-shares" while the hub holds a share that the guest may write to; the agent was asked nothing.
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
    const { storages, timeoutMs } = hands;
    await agent.createSandbox(requestOf(options, storages), { timeoutMs, signal: options.signal });
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
    const hands = await handsOf(agent, share, options, async () => []);
    return new GuestSandbox(hands, options.id, true);
  }

  /**
   * Shares a container, and has the agent create and start it. `config` is the config.json of its bundle, as text or parsed;
   * `containerOf` makes the container of it. Gives its first process.
   *
   * @throws {GuestSandboxError} "container-exists" for an id that is used.
   * @throws {FormatError} for a config.json that the agent cannot take.
   * @throws {AgentError | RequestError | StepError | CopyError} for what failed. Nothing is shared then.
   */
  async start(
    container: Container,
    config: string | object,
    options: StartOptions = {},
  ): Promise<GuestProcess> {
    checkOptionNames(options, startNames);
    this.#mustLive();
    const { id } = container;
    if (this.#containers.has(id)) throw this.#trouble("container-exists", id);
    this.#containers.set(id, undefined);
    const starting = this.#start(container, config, options.signal);
    this.#starting.add(starting);
    try {
      const process = await starting;
      this.#containers.set(id, { container, process });
      return process;
    } catch (error) {
      this.#containers.delete(id);
      throw error;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /**
   * A process of a container that runs already, after `attach`: its first one, or the one of an exec id. `terminal` says whether it
   * has one. Output that another process read is not there again.
   */
  running(container: Container, options: { execId?: string; terminal?: boolean } = {}): GuestProcess {
    this.#mustLive();
    const { execId = container.id, terminal = false } = options;
    const process = execIn(this.#hands, { containerId: container.id, execId, isTerminal: terminal });
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
  async remove({ id, ...more }: Container): Promise<void> {
    this.#mustLive();
    const started = this.#containers.get(id);
    if (!started && !this.#isAttached) throw this.#trouble("no-container", id);
    const container = started?.container ?? { id, ...more };
    const { isUnshared, failures } = await removeContainer(this.#hands, container, started?.process);
    if (isUnshared) this.#containers.delete(id);
    throwAll(`remove the container ${JSON.stringify(id)}`, failures);
  }

  /**
   * Ends all containers and the sandbox, and removes all that is shared, whatever fails before. As PID 1, the agent ends the machine.
   *
   * @throws what failed, after all the rest was done.
   */
  destroy(): Promise<void> {
    this.#ended ??= destroyAll(this.#hands, async () => {
      await Promise.allSettled(this.#starting);
      return [...this.#containers.values()].filter((started) => started !== undefined);
    });
    return this.#ended;
  }

  /** Leaves the sandbox to whoever attaches to it next: from now on nothing can be asked here, and nothing is destroyed. */
  detach(): void {
    this.#ended ??= Promise.resolve();
  }

  /** As `destroy`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.destroy();
  }

  async #start(
    container: Container,
    config: string | object,
    signal: AbortSignal | undefined,
  ): Promise<GuestProcess> {
    const { agent, timeoutMs } = this.#hands;
    if (this.#isAttached && (await hasContainer(agent, container.id, { timeoutMs })))
      throw this.#trouble("container-exists", container.id);
    await startContainer(this.#hands, container, config, signal);
    return firstProcessOf(this.#hands, container, config);
  }

  #mustLive(): void {
    if (this.#ended) throw this.#trouble("over");
  }

  #trouble(trouble: "container-exists" | "no-container" | "over", ...subjects: string[]): GuestSandboxError {
    return new GuestSandboxError({ act: this.#act, trouble, subjects });
  }
}
