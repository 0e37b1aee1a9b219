import { ForbiddenPlaces } from "./forbidden-places.ts";
import { type HostView, spelledView, type UnknownPlace } from "./host-place.ts";
import { kernelPlaces, runtimeSockets } from "./known-places.ts";
import type { GateRules } from "./rules.ts";

/** A path of a rule. */
export interface RulePlace {
  readonly path: string;
  readonly rule: string;
}

/** A path of a rule of which it is not known where it leads. */
export interface UnknownRulePlace extends RulePlace, UnknownPlace {}

/** The places of rules, as a view has them and as they are spelled. */
export class RulePlaces {
  readonly #view: HostView;
  /** Each is undefined without its rule. */
  readonly hostRoot: ForbiddenPlaces<RulePlace> | undefined;
  readonly kernel: ForbiddenPlaces<RulePlace> | undefined;
  readonly sockets: ForbiddenPlaces<RulePlace> | undefined;
  readonly paths: ForbiddenPlaces<RulePlace> | undefined;
  readonly readOnly: ForbiddenPlaces<RulePlace> | undefined;
  #unknown: UnknownRulePlace | undefined;

  /** Of rules, with all the paths that `pathsOfRules` names in the view. */
  constructor({ refuse = {}, readOnly }: GateRules, view: HostView) {
    this.#view = view;
    const { hostRoot, kernelFilesystems, runtimeSockets: areSockets, paths } = refuse;
    const root = new ForbiddenPlaces<RulePlace>("themselves");
    this.hostRoot = hostRoot ? this.#of(["/"], () => "refuse.hostRoot", root) : undefined;
    this.kernel = kernelFilesystems ? this.#of(kernelPlaces, () => "refuse.kernelFilesystems") : undefined;
    this.sockets = areSockets ? this.#of(runtimeSockets, () => "refuse.runtimeSockets") : undefined;
    this.paths = paths && this.#of(paths, (i) => `refuse.paths[${i}]`);
    this.readOnly = readOnly && this.#of(readOnly, (i) => `readOnly[${i}]`);
  }

  /** A path whose place is not known: any source may be there. Undefined if all are known. */
  get unknown(): UnknownRulePlace | undefined {
    return this.#unknown;
  }

  #of(
    paths: readonly string[],
    ruleOf: (index: number) => string,
    places = new ForbiddenPlaces<RulePlace>(),
  ): ForbiddenPlaces<RulePlace> {
    for (const [i, path] of paths.entries()) {
      const rule = { path, rule: ruleOf(i) };
      for (const place of [spelledView.placeOf(path), this.#view.placeOf(path)])
        if (!("unknown" in place)) places.add(place, rule);
        else this.#unknown ??= { ...rule, ...place };
    }
    return places;
  }
}

/** All paths that rules are about: a view has to know them. */
export function pathsOfRules({ refuse = {}, readOnly = [] }: GateRules): string[] {
  return [
    "/",
    ...(refuse.kernelFilesystems ? kernelPlaces : []),
    ...(refuse.runtimeSockets ? runtimeSockets : []),
    ...(refuse.paths ?? []),
    ...readOnly,
  ];
}
