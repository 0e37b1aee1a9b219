import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GuestShare, ListedShare } from "../../../ffi/agent/sandbox/runtime-agent.ts";
import { TurnsById } from "../../../ffi/agent/sandbox/turns-by-id.ts";
import {
  type AgentStorage,
  type Container,
  type ContainerPlan,
  load,
  type PlanOf,
  type Sandbox,
} from "../../../mod.ts";

const core = await load();

interface Held extends ListedShare {
  readonly container: string;
}

/** What is planned for a guest, made by copies in a directory instead of mounts: for tests that may not mount. */
export class DirectoryShare implements GuestShare {
  readonly viewPath: string;
  readonly #sandbox: Sandbox;
  #held: Held[] = [];
  #isAsked = false;
  readonly #starts = new TurnsById();
  /** What was done, in order. */
  readonly done: string[] = [];
  /** Is called before each change, and may throw. */
  before: (change: string) => void = () => {};

  constructor(viewPath: string, sandbox: Sandbox = { id: "s1" }) {
    this.viewPath = viewPath;
    this.#sandbox = sandbox;
  }

  async prepare(): Promise<readonly AgentStorage[]> {
    this.#note("prepare");
    return (await this.plan()).plan.storages;
  }

  async plan(): Promise<{ readonly plan: PlanOf<"prepare"> }> {
    return { plan: core.plan({ op: "prepare", sandbox: this.#sandbox }) };
  }

  async createOnce(
    check: (shares: readonly ListedShare[]) => void,
    create: () => Promise<boolean>,
  ): Promise<boolean> {
    check(this.#held);
    if (this.#isAsked) return false;
    this.#isAsked = true;
    this.#isAsked = await create();
    return true;
  }

  startAlone<T>(container: string, start: () => Promise<T>): Promise<T> {
    return this.#starts.take(container, undefined, start);
  }

  async list(): Promise<readonly ListedShare[]> {
    return this.#held;
  }

  async shareContainer(container: Container): Promise<ContainerPlan> {
    this.#note(`share ${container.id}`);
    const random = (container.mounts ?? []).map((_, at) => at.toString(16).padStart(16, "0"));
    const plan = core.plan({ op: "shareContainer", sandbox: this.#sandbox, container, random });
    for (const step of plan.steps) {
      if (step.op !== "bind") continue;
      const name = step.target.slice(step.target.indexOf("/mounts/") + "/mounts/".length);
      const target = join(this.viewPath, name);
      mkdirSync(dirname(target), { recursive: true });
      if (!existsSync(target)) cpSync(step.source, target, { recursive: true });
      this.#held.push({ name, container: container.id, attributes: step.attributes, below: [] });
    }
    return plan;
  }

  async unshareContainer({ id }: Container): Promise<void> {
    this.#note(`unshare ${id}`);
    this.#forget(({ container }) => container === id);
  }

  async cleanup(): Promise<void> {
    this.#note("cleanup");
    this.#isAsked = false;
    this.#forget(() => true);
  }

  #note(change: string): void {
    this.before(change);
    this.done.push(change);
  }

  #forget(isGone: (held: Held) => boolean): void {
    for (const { name } of this.#held.filter(isGone))
      rmSync(join(this.viewPath, name.split("/")[0] ?? ""), { recursive: true, force: true });
    this.#held = this.#held.filter((held) => !isGone(held));
  }
}
