import { type HostPlace, type HostView, spelledView, type UnknownPlace } from "./host-place.ts";
import type { AskedPaths } from "./mount-lines.ts";
import { type Extent, PlaceIndex, type Places } from "./place-index.ts";
import {
  kernelPlaces,
  runtimeDirectories,
  runtimeSockets,
  userRuntimes,
  usersDirectory,
} from "./refused-places.ts";
import type { GateRules } from "./rules.ts";
import { UserPlaces } from "./user-places.ts";

/** A path of a rule. */
export interface RulePlace {
  readonly path: string;
  readonly rule: string;
}

/** A path of a rule of which it is not known where it leads. */
export interface UnknownRulePlace extends RulePlace, UnknownPlace {}

const sockets = () => "refuse.runtimeSockets";

/** The places of rules, as a view has them and as they are spelled. Each is undefined without its rule. */
export class RulePlaces {
  readonly #view: HostView;
  readonly hostRoot: Places<RulePlace> | undefined;
  readonly kernel: Places<RulePlace> | undefined;
  readonly sockets: Places<RulePlace> | undefined;
  /** Where ordinary users' runtimes listen, by the same rule. */
  readonly userRuntimes: Places<RulePlace> | undefined;
  /** Where runtimes keep their containers, by the same rule. */
  readonly directories: Places<RulePlace> | undefined;
  /** Where these are: their paths, as they are spelled and as they lead. */
  readonly directoryPaths: readonly string[] = [];
  readonly paths: Places<RulePlace> | undefined;
  readonly readOnly: Places<RulePlace> | undefined;
  #unknown: UnknownRulePlace | undefined;

  /** Of rules, with all the paths that `askedBy` names in the view. */
  constructor({ refuse = {}, readOnly }: GateRules, view: HostView) {
    this.#view = view;
    const { hostRoot, kernelFilesystems, runtimeSockets: areSockets, paths } = refuse;
    this.hostRoot = hostRoot ? this.#of(["/"], () => "refuse.hostRoot", { withoutBelow: true }) : undefined;
    this.kernel = kernelFilesystems ? this.#of(kernelPlaces, () => "refuse.kernelFilesystems") : undefined;
    this.paths = paths && this.#of(paths, (i) => `refuse.paths[${i}]`);
    this.readOnly = readOnly && this.#of(readOnly, (i) => `readOnly[${i}]`, { layers: "upper" });
    if (!areSockets) return;
    this.sockets = this.#of(runtimeSockets, sockets);
    this.userRuntimes = this.#ofUsers();
    const places = runtimeDirectories.flatMap((path) => this.#placesOf({ path, rule: sockets() }));
    this.directoryPaths = [...new Set(places.map(({ path }) => path))];
    this.directories = this.#ofDirectories();
  }

  /** A path whose place is not known: any source may be there. Undefined if all are known. */
  get unknown(): UnknownRulePlace | undefined {
    return this.#unknown;
  }

  #of(paths: readonly string[], ruleOf: (index: number) => string, extent?: Extent): PlaceIndex<RulePlace> {
    const places = new PlaceIndex<RulePlace>(extent);
    for (const [i, path] of paths.entries()) {
      const rule = { path, rule: ruleOf(i) };
      for (const place of this.#placesOf(rule)) places.add(place, rule);
    }
    return places;
  }

  // What is mounted there is theirs: root filesystems, and memory of pods. An image's layers are in them, and are nobody's.
  #ofDirectories(): PlaceIndex<RulePlace> {
    const places = new PlaceIndex<RulePlace>({ layers: "none" });
    for (const path of runtimeDirectories) {
      const rule = { path, rule: sockets() };
      for (const place of this.#placesOf(rule)) {
        places.add(place, rule);
        for (const file of place.below) places.add({ path: place.path, file }, rule);
      }
    }
    return places;
  }

  #ofUsers(): UserPlaces<RulePlace> {
    const rules = userRuntimes.map((name) => {
      return [name, { path: `${usersDirectory}/*/${name}`, rule: sockets() }] as const;
    });
    const places = new UserPlaces(new Map(rules));
    for (const place of this.#placesOf({ path: usersDirectory, rule: sockets() })) places.add(place);
    return places;
  }

  #placesOf(rule: RulePlace): HostPlace[] {
    const known: HostPlace[] = [];
    for (const place of [spelledView.placeOf(rule.path), this.#view.placeOf(rule.path)])
      if (!("unknown" in place)) known.push(place);
      else this.#unknown ??= { ...rule, ...place };
    return known;
  }
}

/** All that a view has to know to judge some sources by rules. */
export function askedBy({ refuse = {}, readOnly = [] }: GateRules, sources: readonly string[]): AskedPaths {
  const othersWithBelow = refuse.runtimeSockets ? [...runtimeDirectories, usersDirectory] : [];
  const others = [
    "/",
    ...(refuse.kernelFilesystems ? kernelPlaces : []),
    ...(refuse.runtimeSockets ? runtimeSockets : []),
    ...(refuse.paths ?? []),
    ...readOnly,
  ];
  return { sources, others: [...others, ...othersWithBelow], othersWithBelow };
}
