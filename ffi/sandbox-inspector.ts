import type { Op } from "../mod.ts";
import type { Finding, FoundShare } from "../table/mod.ts";
import type { LiveAuditOptions } from "./live/audit-inputs.ts";
import type { Maker } from "./live/maker.ts";
import type { MendOptions } from "./operations/mend.ts";
import type { PlanArguments } from "./operations/plan-arguments.ts";
import type { PlannedOperation } from "./operations/plan-operation.ts";
import { tagOf, viewPathOf } from "./operations/prepare.ts";
import type { Performer } from "./performer.ts";

/** What can be asked of a sandbox, which changes nothing, and how the sandbox is mended by the answers. */
export class SandboxInspector {
  readonly #performer: Performer;

  /** Of whoever performs the sandbox's operations. */
  protected constructor(performer: Performer) {
    this.#performer = performer;
  }

  /**
   * The directory on the host that virtiofsd or 9p exports to the guest. The directory exists once the sandbox is prepared.
   * Undefined where nothing is shared.
   *
   * @throws {RequestError} for a sandbox that the core refuses.
   */
  get viewPath(): string | undefined {
    return viewPathOf(this.#performer);
  }

  /**
   * The tag by which the guest mounts the view. The hypervisor's device needs the same tag. Undefined where nothing is shared.
   *
   * @throws {RequestError} for a sandbox that the core refuses.
   */
  get tag(): string | undefined {
    return tagOf(this.#performer);
  }

  /**
   * What an operation would do now, with the request and what was seen for it: `share.plan("shareContainer", container)`. It looks
   * at the sources as the operation does, and changes nothing. When the operation is called, other processes may have changed
   * what the plan depends on.
   *
   * @throws {RequestError | StepError | PlanError} as the operation does, for what is wrong before anything is done: also for a sandbox
   *   that lives in another mount namespace.
   *
   * @example
   * ```ts
   * import { FilesystemShare } from "guestshare/host";
   *
   * const share = new FilesystemShare({ id: "s1" });
   * const { plan } = await share.plan("prepare");
   * console.log(plan.steps.map(({ op }) => op).join()); // mkdir,mark,guard,mkdir,mkdir,hub,view
   * ```
   */
  async plan<O extends Op>(operation: O, ...args: PlanArguments[O]): Promise<PlannedOperation<O>> {
    const { planOperation } = await import("./operations/plan-operation.ts");
    return planOperation(this.#performer, operation, args);
  }

  /**
   * What the sandbox shares now, by whichever process: each share with its source, its attributes, the containers that use it, and
   * whether the guest's view shows it. Nothing where the sandbox is not prepared, or lives in another mount namespace.
   */
  async list(): Promise<readonly FoundShare[]> {
    const { listShares } = await import("./operations/inspect.ts");
    return listShares(this.#performer);
  }

  /**
   * The process that prepared the sandbox, and whether it lives. Undefined where the sandbox is not prepared, or this user may not look.
   */
  async maker(): Promise<Maker | undefined> {
    const { makerOfSandbox } = await import("./operations/inspect.ts");
    return makerOfSandbox(this.#performer);
  }

  /**
   * What is wrong with the sandbox: each finding has a code, the place, why it matters and what mends it. `plans` are those that were
   * performed, to find shares that lack an attribute. With `probeTimeoutMs` the servers of shares are asked, by a child process. Changes
   * nothing.
   */
  async audit(options: Pick<LiveAuditOptions, "plans" | "probeTimeoutMs"> = {}): Promise<readonly Finding[]> {
    const { auditSandbox } = await import("./operations/inspect.ts");
    return auditSandbox(this.#performer, options);
  }

  /**
   * Makes the sandbox as it should be, under its lock, and gives what is wrong still. With all `plans` that were performed, what is
   * missing or changed is made again, and what no plan makes goes. Without plans, guard, hub and view are made again, and
   * shares with something wrong are removed; of a hub that has to be made anew, all are.
   *
   * @throws {StepError} for a step that failed. What was removed before stays removed: call it again.
   *
   * @example
   * ```ts
   * import { FilesystemShare } from "guestshare/host";
   *
   * const share = new FilesystemShare({ id: "s1" });
   * const { plan } = await share.plan("prepare");
   * await share.prepare();
   * console.log((await share.mend({ plans: [plan] })).length); // 0
   * await share.cleanup();
   * ```
   */
  async mend(options: MendOptions = {}): Promise<readonly Finding[]> {
    const { mend } = await import("./operations/mend.ts");
    return mend(this.#performer, options);
  }
}
