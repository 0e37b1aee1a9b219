import {
  type NriContainerEvent,
  type NriField,
  type NriHandlers,
  nriFields,
  TtrpcRefusal,
  type ValidateContainerAdjustmentRequest,
} from "../../ffi/nri/mod.ts";
import { boundedText } from "../../words/bounded-text.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { NodeNews } from "../monitor/node-event.ts";
import type { GateCounts } from "../monitor/status.ts";
import { adjustedMounts } from "./adjusted-mounts.ts";
import { AskedContainers } from "./asked-containers.ts";
import { type GateFinding, shown, verdictOf } from "./finding.ts";
import { GateCounter } from "./gate-counter.ts";
import type { HostView } from "./host-place.ts";
import { lookAtHost } from "./host-view.ts";
import { type GateSubject, isFor, type Judgement, judgeContainer, judgeMountCount } from "./judge.ts";
import { isPossiblePath } from "./judge-bind.ts";
import { LinkReader } from "./link-reader.ts";
import { isBind } from "./mount-words.ts";
import { askedBy } from "./rule-places.ts";
import type { GateRules } from "./rules.ts";

/** What a gate says. */
export type GateNews = Extract<NodeNews, { readonly kind: "refused" | "unseen" }>;

/** What a gate goes by. */
export interface GateOptions {
  /** The rules. */
  readonly rules: GateRules;
  /** Whether it only tells what it would refuse. */
  readonly isTrial: boolean;
  /**
   * The runtime's process, in whose mount namespace sources are, or "own" for the namespace of this process. While it gives undefined, it is
   * not known where sources lead. Default: "own".
   */
  readonly runtimePid?: (() => number | "own" | undefined) | undefined;
  /** Hears what was refused, and what could not be seen. */
  readonly tell?: ((news: GateNews) => void) | undefined;
  /** How long the host may be looked at: a runtime waits for two seconds. 500 unless it is given. */
  readonly lookTimeoutMs?: number | undefined;
}

const names: OptionNames<GateOptions> = {
  ...{ rules: true, isTrial: true, runtimePid: true, tell: true, lookTimeoutMs: true },
};
const LOOK_MS = 500;
const nowhere: HostView = {
  placeOf: () => ({ unknown: "the mount namespace of the runtime is not known yet" }),
};
// What is judged, or told.
const neededFields: readonly NriField[] = [
  ...(["name", "namespace", "runtimeHandler", "mounts", "hooks", "CDIDevices", "linux", "pid"] as const),
  ...(["LinuxPodSandbox.namespaces", "Hook.path"] as const),
  ...(["LinuxContainer.namespaces", "LinuxContainer.devices", "LinuxContainer.netDevices"] as const),
  ...(["LinuxDevice.path", "LinuxDevice.type", "LinuxDevice.major", "LinuxDevice.minor"] as const),
  "LinuxContainerAdjustment.namespaces",
  ...(["LinuxContainerAdjustment.devices", "LinuxContainerAdjustment.netDevices"] as const),
];

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
    validateContainerAdjustment: (event) => this.#validate(event),
    startContainer: (event) => this.#start(event),
  };

  /** What a gate does not look at: a plugin of these handlers alone does not have to take it. */
  readonly leaveOut: readonly NriField[] = nriFields.filter((name) => !neededFields.includes(name));

  /**
   * By rules.
   *
   * @throws {TypeError} for an unknown option, or without a word on whether it is a trial.
   */
  constructor(options: GateOptions) {
    checkOptionNames(options, names);
    if (typeof options.isTrial !== "boolean") throw new TypeError("isTrial has to be true or false");
    this.#options = options;
  }

  /** What it has judged so far. */
  counts(): GateCounts {
    return this.#counter.counts(this.#options.isTrial);
  }

  async #validate(
    event: ValidateContainerAdjustmentRequest & NriContainerEvent,
  ): Promise<{ reject: true; reason: string } | undefined> {
    const { refused, unseen } = await this.#judgement(event);
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
  async #start(event: NriContainerEvent): Promise<void> {
    const { pod, container } = event;
    const { refused } = await this.#judgement({ pod, container });
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

  async #judgement(subject: GateSubject): Promise<Judgement> {
    const { rules, runtimePid, lookTimeoutMs = LOOK_MS } = this.#options;
    try {
      if (!isFor(rules, subject.pod)) return judgeContainer(rules, subject);
      const tooMany = judgeMountCount(subject);
      if (tooMany) return { refused: [tooMany], unseen: [] };
      const sources = adjustedMounts(subject)
        .filter(isBind)
        .map(({ source }) => source)
        .filter(isPossiblePath);
      const where = runtimePid ? runtimePid() : "own";
      if (where === undefined) return judgeContainer(rules, subject, nowhere);
      const asked = askedBy(rules, sources);
      const options = { process: where, links: this.#links.session(), timeoutMs: lookTimeoutMs };
      return judgeContainer(rules, subject, await lookAtHost(asked, options));
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
