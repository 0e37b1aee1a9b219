import {
  type NriContainerEvent,
  type NriField,
  type NriHandlers,
  type NriLightening,
  nriFields,
  type TtrpcContext,
  TtrpcRefusal,
  type ValidateContainerAdjustmentRequest,
} from "../../ffi/nri/mod.ts";
import { boundedText } from "../../words/bounded-text.ts";
import type { GateCounts } from "../monitor/status.ts";
import { adjustedMounts } from "./adjusted-mounts.ts";
import { AskedContainers } from "./asked-containers.ts";
import { type GateFinding, shown, verdictOf } from "./finding.ts";
import { GateCounter } from "./gate-counter.ts";
import { checkGateOptions, type GateNews, type GateOptions, lookTimesOf } from "./gate-options.ts";
import type { HostView } from "./host-place.ts";
import { lookAtHost } from "./host-view.ts";
import { type GateSubject, isFor, type Judgement, judgeContainer, judgeSize, MOST_BYTES } from "./judge.ts";
import { isPossiblePath } from "./judge-bind.ts";
import { LinkReader } from "./link-reader.ts";
import { isBind } from "./mount-words.ts";
import { askedBy } from "./rule-places.ts";

const nowhere: HostView = {
  placeOf: () => ({ unknown: "the mount namespace of the runtime is not known yet" }),
};
// What says whether rules are for a pod, and is told.
const namingFields: readonly NriField[] = ["name", "namespace", "runtimeHandler"];
// What is judged, or told besides.
const judgedFields: readonly NriField[] = [
  ...(["mounts", "hooks", "CDIDevices", "linux", "pid"] as const),
  ...(["LinuxPodSandbox.namespaces", "Hook.path"] as const),
  ...(["LinuxContainer.namespaces", "LinuxContainer.devices", "LinuxContainer.netDevices"] as const),
  ...(["LinuxDevice.path", "LinuxDevice.type", "LinuxDevice.major", "LinuxDevice.minor"] as const),
  "LinuxContainerAdjustment.namespaces",
  ...(["LinuxContainerAdjustment.devices", "LinuxContainerAdjustment.netDevices"] as const),
];
const neededFields: ReadonlySet<NriField> = new Set([...namingFields, ...judgedFields]);

/**
 * Refuses containers whose mounts break rules, before anything is made of them. What it cannot judge, it refuses: a source that does
 * not answer, or a failure of its own.
 *
 * It fails closed only with the runtime's own validator, which refuses containers while this plugin is away (docs/gate.md).
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #links = new LinkReader();
  readonly #counter = new GateCounter();
  readonly #asked = new AskedContainers();
  /** What a plugin of NRI has to hand its events to. */
  readonly handlers: Required<Pick<NriHandlers, "validateContainerAdjustment" | "startContainer">> = {
    validateContainerAdjustment: (event, context) => this.#validate(event, context),
    startContainer: (event, context) => this.#start(event, context),
  };

  /** What a gate does not look at: a plugin of these handlers alone does not have to take it. */
  readonly leaveOut: readonly NriField[] = nriFields.filter((name) => !neededFields.has(name));
  /** What it refuses without a look at what is in it: a plugin of these handlers alone does not have to take it either. */
  readonly lighten: NriLightening = { aboveBytes: MOST_BYTES, leaveOut: judgedFields };

  /**
   * By rules.
   *
   * @throws {TypeError} for an unknown option, or without a word on whether it is a trial.
   */
  constructor(options: GateOptions) {
    checkGateOptions(options);
    this.#options = options;
  }

  /** What it has judged so far. */
  counts(): GateCounts {
    return this.#counter.counts(this.#options.isTrial);
  }

  async #validate(
    event: ValidateContainerAdjustmentRequest & NriContainerEvent,
    context: TtrpcContext,
  ): Promise<{ reject: true; reason: string } | undefined> {
    const { refused, unseen } = await this.#judgement(event, context);
    const [first] = unseen;
    if (first) {
      const more = unseen.length > 1 ? `, and ${unseen.length - 1} more` : "";
      this.#tell("unseen", event, first.code, `${first.path} is ${shown(first.subject)}${more}`);
    }
    this.#counter.judged(refused, unseen);
    // What was refused is not started, unless the runtime does so all the same: then it is judged anew.
    if (refused.length === 0 || this.#options.isTrial) this.#asked.add(event.container.id, refused);
    const reason = this.#refusal("refused", event, refused);
    return reason === undefined ? undefined : { reject: true, reason };
  }

  // A container is judged anew by what it has got at last. With Kata everything is in the guest by now, and with others in the
  // container's namespace, but nothing of the container runs. Runtimes before NRI 0.10 ask here for the first time.
  async #start(event: NriContainerEvent, context: TtrpcContext): Promise<void> {
    const { pod, container, isLightened } = event;
    const { refused } = await this.#judgement({ pod, container, isLightened }, context);
    const late = this.#asked.untold(container.id, refused);
    if (late) this.#counter.late(late);
    else this.#counter.judged(refused, []);
    const reason = this.#refusal(late ? "unseen" : "refused", event, late ?? refused);
    if (reason !== undefined) throw new TtrpcRefusal("PERMISSION_DENIED", reason);
  }

  /** Tells what was found; gives the reason of the refusal, if there is to be one. */
  #refusal(
    kind: GateNews["kind"],
    event: NriContainerEvent,
    found: readonly GateFinding[],
  ): string | undefined {
    const [first] = found;
    if (!first) return undefined;
    const reason = verdictOf(found);
    this.#tell(kind, event, first.code, reason);
    return this.#options.isTrial ? undefined : reason;
  }

  async #judgement(subject: GateSubject, { timeoutMs }: TtrpcContext): Promise<Judgement> {
    const { rules, runtimePid } = this.#options;
    try {
      if (!isFor(rules, subject.pod)) return judgeContainer(rules, subject);
      const tooMany = judgeSize(subject);
      if (tooMany) return { refused: [tooMany], unseen: [] };
      const sources = adjustedMounts(subject)
        .filter(isBind)
        .map(({ source }) => source)
        .filter(isPossiblePath);
      const where = runtimePid ? runtimePid() : "own";
      if (where === undefined) return judgeContainer(rules, subject, nowhere);
      const asked = askedBy(rules, sources);
      const times = lookTimesOf(this.#options, timeoutMs);
      const view = await lookAtHost(asked, { process: where, links: this.#links.session(), ...times });
      return judgeContainer(rules, subject, view);
    } catch (error) {
      const place = { path: "container", destination: "", source: "", plugin: undefined };
      const because = `the gate has failed: ${shown(String(error))}`;
      return { refused: [{ ...place, code: "gate-failed", rule: "refuse", because }], unseen: [] };
    }
  }

  #tell(kind: GateNews["kind"], { pod, container }: NriContainerEvent, code: string, why: string): void {
    const { tell, isTrial } = this.#options;
    tell?.({
      ...{ kind, code, why, isTrial },
      ...{ pod: cut(`${pod.namespace}/${pod.name}`), container: cut(container.name) },
    });
  }
}

const LONGEST_NAME = 253;

function cut(name: string): string {
  return boundedText(name, 2 * LONGEST_NAME + 1);
}
