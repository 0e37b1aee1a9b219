import { isKernelFilesystem } from "../../words/kernel-filesystems.ts";
import { type AdjustedContainer, type AdjustedMount, adjustedMounts } from "./adjusted-mounts.ts";
import { findingOf, type GateFinding } from "./finding.ts";
import { type HostView, spelledView } from "./host-place.ts";
import { judgeBind } from "./judge-bind.ts";
import { type GateMount, isBind } from "./mount-words.ts";
import { OwnFiles } from "./own-files.ts";
import { RulePlaces } from "./rule-places.ts";
import type { GateRules } from "./rules.ts";
import { type NamespaceOwner, type Unseen, unseenOf } from "./unseen.ts";

/** What is judged: a pod's container, and the adjustments of all plugins, as `validateContainerAdjustment` has them. */
export interface GateSubject extends AdjustedContainer {
  /** Its pod. */
  readonly pod: GatePod;
  /** Set if what it has takes more memory than a gate judges, and is left out. */
  readonly isLightened?: true | undefined;
}

/** A pod, as a gate has to know it. */
export interface GatePod extends NamespaceOwner {
  /** Its id: without it what containerd mounts of its own into the pod's containers is not known from what is another pod's. */
  readonly id?: string | undefined;
  /** Its namespace in the cluster. */
  readonly namespace: string;
  /** The name of its runtime; empty for the default one. */
  readonly runtimeHandler: string;
}

/** What a gate found. */
export interface Judgement {
  /** What the rules refuse: at most one finding for each rule of each mount. */
  readonly refused: readonly GateFinding[];
  /** What the container gets beside its mounts, and no rule can judge. */
  readonly unseen: readonly Unseen[];
}

const allMounts = { path: "container.mounts", destination: "", source: "", plugin: undefined };

// What a container has of its own: nothing of the host is in it.
const ownTypes = new Set(["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "hugetlbfs"]);

/**
 * Judges a container by its mounts with all adjustments applied. Sources are judged by where `view` says that they lead; without
 * one by their spelling, which links, and binds on the host, get around.
 *
 * @example
 * ```ts
 * import { judgeContainer } from "guestshare/node";
 *
 * const mount = { destination: "/host", type: "bind", source: "/run", options: ["rbind", "ro"] };
 * const { refused } = judgeContainer(
 *   { refuse: { runtimeSockets: true } },
 *   { pod: { namespace: "shop", runtimeHandler: "kata" }, container: { id: "c1", mounts: [mount] } },
 * );
 * console.log(refused[0]?.path, refused[0]?.code); // container.mounts[0] runtime-socket
 * ```
 */
export function judgeContainer(
  rules: GateRules,
  subject: GateSubject,
  view: HostView = spelledView,
): Judgement {
  const unseen = unseenOf(subject);
  if (!isFor(rules, subject.pod)) return { refused: [], unseen };
  const mounts = adjustedMounts(subject);
  const places = new RulePlaces(rules, view);
  const by = { rules: places, view, own: new OwnFiles(places.directoryPaths, subject) };
  const refused = mounts.flatMap((mount) => (isBind(mount) ? judgeBind(mount, by) : judgeType(mount, rules)));
  return { refused: [...refused, ...judgeCount(mounts, rules)], unseen };
}

/** Whether the rules are for a pod. */
export function isFor({ pods = {} }: GateRules, { namespace, runtimeHandler }: GateSubject["pod"]): boolean {
  const { runtimeHandlers, namespaces, exceptNamespaces } = pods;
  if (runtimeHandlers && !runtimeHandlers.includes(runtimeHandler)) return false;
  if (namespaces && !namespaces.includes(namespace)) return false;
  return !exceptNamespaces?.includes(namespace);
}

// Each takes memory and time while it is judged, and a runtime waits for two seconds: no container has a tenth of it.
const MOST_JUDGED = 1000;
// A cluster keeps no pod of more than three times as much. Paths are looked up in some spellings, each of which is a copy.
const MOST_CHARACTERS = 512 * 1024;

/** What a gate judges of a container takes at most so many bytes, roughly. A thousand mounts of 500 characters take less, in any script. */
export const MOST_BYTES: number = 3 * 1024 * 1024;

/** The finding about a container that has more than a gate judges, whatever its rules are; undefined for any other one. */
export function judgeSize({ container, adjust, isLightened }: GateSubject): GateFinding | undefined {
  const count = container.mounts.length + (adjust?.mounts.length ?? 0);
  const tooMany = (because: string) => findingOf(allMounts, "too-many-mounts", "refuse", because);
  if (isLightened) return tooMany(`what is judged of it takes more than ${MOST_BYTES} bytes`);
  if (count > MOST_JUDGED)
    return tooMany(`${count} mounts and adjustments, a gate judges at most ${MOST_JUDGED}`);
  const characters = charactersOf(container.mounts) + charactersOf(adjust?.mounts ?? []);
  if (characters > MOST_CHARACTERS)
    return tooMany(
      `mounts and adjustments of ${characters} characters, a gate judges at most ${MOST_CHARACTERS}`,
    );
  return undefined;
}

function charactersOf(mounts: readonly GateMount[]): number {
  let sum = 0;
  for (const { destination, source, type, options } of mounts) {
    sum += destination.length + source.length + type.length;
    // Each is an entry of a list, too.
    for (const option of options) sum += option.length + 1;
  }
  return sum;
}

function judgeType(mount: AdjustedMount, { refuse = {}, readOnly = [] }: GateRules): GateFinding[] {
  if (ownTypes.has(mount.type)) return [];
  if (isKernelFilesystem(mount.type) && refuse.kernelFilesystems)
    return [
      findingOf(mount, "kernel-filesystem", "refuse.kernelFilesystems", `${mount.type} is the host kernel's`),
    ];
  const { hostRoot, kernelFilesystems, runtimeSockets, paths = [] } = refuse;
  if (!hostRoot && !kernelFilesystems && !runtimeSockets && paths.length + readOnly.length === 0) return [];
  // A disk, or an overlay with any directories of the host in its options.
  const because = "a gate knows binds, and a container's own filesystems";
  return [findingOf(mount, "unjudged-type", "refuse", because)];
}

function judgeCount(mounts: readonly AdjustedMount[], { maxMounts }: GateRules): GateFinding[] {
  if (maxMounts === undefined || mounts.length <= maxMounts) return [];
  const because = `${mounts.length} mounts with all adjustments, at most ${maxMounts} may be`;
  return [findingOf(allMounts, "too-many-mounts", "maxMounts", because)];
}
