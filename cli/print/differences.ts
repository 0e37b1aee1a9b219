import type { Difference, MountAspect, MountEntry } from "../../table/mod.ts";
import type { Paint } from "./colors.ts";
import { escaped } from "./escaped.ts";

const signs = { missing: "+", surplus: "-", changed: "~" } as const;
const styles = { missing: "green", surplus: "red", changed: "yellow" } as const;

/** Differences without those of the view that follow from one of the hub: a share that is missing is missing in both. */
export function differencesOfHub(differences: readonly Difference[]): Difference[] {
  const places = new Set(differences.map(({ kind, target }) => `${kind} ${target}`));
  return differences.filter(({ kind, target }) => {
    const inHub = [...target.matchAll(/\/shared\//g)].map(
      ({ index }) => `${target.slice(0, index)}/mounts/${target.slice(index + "/shared/".length)}`,
    );
    return kind === "changed" || !inHub.some((place) => places.has(`${kind} ${place}`));
  });
}

/** Differences for people: "+" for what a plan has and the table lacks, "-" for the reverse, "~" for a mount that is otherwise. */
export function differenceLines(differences: readonly Difference[], paint: Paint): string[] {
  return differences.flatMap((difference) => {
    const { kind, target, planned, found } = difference;
    const only = kind === "missing" ? planned : found;
    const what = kind === "changed" || !only ? "" : `  ${sourceText(only)}, ${attributesText(only)}`;
    return [`${paint(styles[kind], signs[kind])} ${escaped(target)}${what}`, ...aspectLines(difference)];
  });
}

/** One line of how many there are. */
export function differenceSummary(differences: readonly Difference[]): string {
  if (differences.length === 0) return "The mount table is as planned.";
  const count = (kind: Difference["kind"]) => differences.filter((one) => one.kind === kind).length;
  return `${count("missing")} missing, ${count("surplus")} not planned, ${count("changed")} otherwise.`;
}

function aspectLines({ aspects = [], planned, found }: Difference): string[] {
  if (!planned || !found) return [];
  return aspects.map((aspect) => {
    const { [aspect]: textOf } = aspectTexts;
    return `    ${aspect}: ${textOf(found)}, planned ${textOf(planned)}`;
  });
}

const aspectTexts: Readonly<Record<MountAspect, (mount: MountEntry) => string>> = {
  source: sourceText,
  attributes: attributesText,
  propagation: propagationText,
};

function sourceText({ source, filesystem, root }: MountEntry): string {
  const of = source === "" ? filesystem : source;
  return escaped(root === "/" ? of : `${of}[${root}]`);
}

function attributesText({ attributes }: MountEntry): string {
  return attributes.length > 0 ? attributes.join() : "rw";
}

function propagationText({ peerGroup, master, isUnbindable }: MountEntry): string {
  const words = [
    ...(peerGroup > 0 ? ["shared"] : []),
    ...(master > 0 ? ["slave"] : []),
    ...(isUnbindable ? ["unbindable"] : []),
  ];
  return words.join(" and ") || "private";
}
