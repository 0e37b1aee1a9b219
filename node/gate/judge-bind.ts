import { isKernelFilesystem } from "../../words/kernel-filesystems.ts";
import type { AdjustedMount } from "./adjusted-mounts.ts";
import { findingOf, type GateCode, type GateFinding, shown } from "./finding.ts";
import {
  type FilePlace,
  type HostPlace,
  type HostView,
  spelledView,
  type UnknownPlace,
} from "./host-place.ts";
import { isRecursive, writeProtectionOf } from "./mount-words.ts";
import { MountsBelow } from "./mounts-below.ts";
import type { OwnFiles } from "./own-files.ts";
import type { Meeting, Places } from "./place-index.ts";
import { memoryPlaces } from "./refused-places.ts";
import type { RulePlace, RulePlaces } from "./rule-places.ts";

const LONGEST_SOURCE = 4095;
const words = {
  ...{ is: "it is", "is below": "it is below", has: "it has" },
  shows: "it is, or has in it, an overlay of what is at",
};

/** What binds are judged by. */
export interface BindRules {
  readonly rules: RulePlaces;
  readonly view: HostView;
  /** What a runtime mounts into this container of its own. */
  readonly own: OwnFiles;
}

/** Judges a bind by its source. */
export function judgeBind(mount: AdjustedMount, { rules, view, own }: BindRules): GateFinding[] {
  if (!hasRulesOfSources(rules)) return [];
  if (!mount.source.startsWith("/")) {
    const because = "what is relative depends on where the runtime stands";
    return [findingOf(mount, "relative-source", "refuse", because)];
  }
  const found = new Findings(mount, own);
  // What is too long for a path is not taken apart.
  const isPath = isPossiblePath(mount.source);
  const spelled = isPath ? spelledView.placeOf(mount.source) : noPath;
  if (!("unknown" in spelled)) found.judge(spelled, rules);
  const place = isPath ? view.placeOf(mount.source) : noPath;
  if (!("unknown" in place)) found.judge(place, rules);
  else found.add("unknown-source", "refuse", place.unknown);
  const { unknown } = rules;
  if (unknown) {
    const because = `where ${shown(unknown.path)} of the rule leads is not known: ${unknown.unknown}`;
    found.add("unknown-source", unknown.rule, because);
  }
  return found.all();
}

function hasRulesOfSources({ hostRoot, kernel, sockets, paths, readOnly }: RulePlaces): boolean {
  return [hostRoot, kernel, sockets, paths, readOnly].some((places) => places !== undefined);
}

const noPath: UnknownPlace = { unknown: "no path is like that" };

/** Whether a source can be a path of the host, by its length and its characters. */
export function isPossiblePath(source: string): boolean {
  return source.length <= LONGEST_SOURCE && !source.includes("\0");
}

const kernelMounts = new MountsBelow((mounts) =>
  mounts.find(({ filesystem }) => isKernelFilesystem(filesystem)),
);
const unknownLayers = new MountsBelow((mounts) => {
  for (const mount of mounts) {
    const unknown = unknownLayerOf(mount);
    if (unknown) return unknown;
  }
  return undefined;
});

function unknownLayerOf({ layers = [] }: FilePlace): UnknownPlace | undefined {
  for (const { place } of layers) if ("unknown" in place) return place;
  return undefined;
}

/** What is found about one bind: each code once. */
class Findings {
  readonly #mount: AdjustedMount;
  readonly #own: OwnFiles;
  readonly #found = new Map<GateCode, GateFinding>();

  constructor(mount: AdjustedMount, own: OwnFiles) {
    this.#mount = mount;
    this.#own = own;
  }

  all(): GateFinding[] {
    return [...this.#found.values()];
  }

  add(code: GateCode, rule: string, because: string): void {
    if (!this.#found.has(code)) this.#found.set(code, findingOf(this.#mount, code, rule, because));
  }

  judge(source: HostPlace, rules: RulePlaces): void {
    this.#meet("host-root", source, rules.hostRoot);
    this.#judgeKernel(source, rules.kernel);
    this.#meet("runtime-socket", source, rules.sockets);
    this.#meet("runtime-socket", source, rules.userRuntimes);
    if (!this.#own.has(source.path)) this.#meet("runtime-socket", source, rules.directories);
    this.#meet("refused-path", source, rules.paths);
    this.#judgeReadOnly(source, rules.readOnly);
    this.#judgeLayers(source);
  }

  #judgeLayers({ file, below }: HostPlace): void {
    const unknown =
      (file && unknownLayerOf(file)) ?? (isRecursive(this.#mount) ? unknownLayers.in(below) : undefined);
    if (unknown) this.add("unknown-source", "refuse", unknown.unknown);
  }

  #meeting(source: HostPlace, places: Places<RulePlace> | undefined): Meeting<RulePlace> | undefined {
    return places?.meeting(source, isRecursive(this.#mount));
  }

  #meet(code: GateCode, source: HostPlace, places: Places<RulePlace> | undefined): void {
    const meeting = this.#meeting(source, places);
    if (meeting) this.add(code, meeting.rule.rule, `${words[meeting.how]} ${shown(meeting.rule.path)}`);
  }

  #judgeKernel(source: HostPlace, places: Places<RulePlace> | undefined): void {
    if (!places) return;
    const rule = "refuse.kernelFilesystems";
    const { file, below, path } = source;
    if (file && isKernelFilesystem(file.filesystem))
      this.add("kernel-filesystem", rule, `it is on ${file.filesystem}`);
    const inside = isRecursive(this.#mount) ? kernelMounts.in(below) : undefined;
    if (inside) this.add("kernel-filesystem", rule, `${inside.filesystem} is mounted below it`);
    const isMemory = memoryPlaces.some((place) => path === place || path.startsWith(`${place}/`));
    if (!isMemory) this.#meet("kernel-filesystem", source, places);
  }

  #judgeReadOnly(source: HostPlace, places: Places<RulePlace> | undefined): void {
    const meeting = this.#meeting(source, places);
    if (!meeting) return;
    const protection = writeProtectionOf(this.#mount);
    if (protection === "all" || (protection === "itself" && !this.#bringsOthers(source, meeting))) return;
    const need = protection === "nothing" ? "read-only" : 'read-only with what is mounted below, by "rro"';
    const because = `${words[meeting.how]} ${shown(meeting.rule.path)}, and has to be ${need}`;
    this.add("writable", meeting.rule.rule, because);
  }

  // "ro" protects one mount. What is below a source is not known from its spelling: what has the place in it may have it mounted there.
  #bringsOthers({ file, below }: HostPlace, { how }: Meeting<RulePlace>): boolean {
    if (!isRecursive(this.#mount)) return false;
    return below.length > 0 || (!file && how === "has");
  }
}
