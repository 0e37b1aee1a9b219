import type { PlanRequest } from "../../mod.ts";
import type { Change, PlannedRequest } from "../plan/planned.ts";
import { summaryOf } from "../plan/planned.ts";
import { noColors, type Paint, type Style } from "./colors.ts";
import { escaped } from "./escaped.ts";
import { outcomeText } from "./outcome.ts";
import { summaryText } from "./plan-summary.ts";
import { stepText } from "./step-text.ts";

const signs: Readonly<Record<Change, readonly [sign: string, style: Style]>> = {
  add: ["+", "green"],
  remove: ["-", "red"],
  unchanged: ["=", "dim"],
};

/** Plans as a tree: each request with its steps, and what becomes of each mount, and a line that sums it up. */
export function planText(planned: readonly PlannedRequest[], paint: Paint = noColors): string {
  const lines: string[] = [];
  let directory: string | undefined;
  for (const one of planned) {
    if (one.plan.directory !== directory) lines.push(paint("bold", escaped(one.plan.directory)));
    directory = one.plan.directory;
    const isLast = one === planned.at(-1) || planned[planned.indexOf(one) + 1]?.plan.directory !== directory;
    lines.push(...branch(headingOf(one.request), childrenOf(one, paint), isLast));
  }
  return `${[...lines, paint("bold", summaryText(summaryOf(planned)))].join("\n")}\n`;
}

function branch(heading: string, children: readonly string[], isLast: boolean): string[] {
  const [corner, beside] = isLast ? ["└─ ", "   "] : ["├─ ", "│  "];
  return [
    `${corner}${heading}`,
    ...children.map((child, at) => `${beside}${at === children.length - 1 ? "└─ " : "├─ "}${child}`),
  ];
}

function childrenOf({ plan, changes }: PlannedRequest, paint: Paint): string[] {
  const steps = plan.steps.map((step, at) => ({
    ...stepText(step, plan.directory),
    change: changes[at] ?? "add",
  }));
  const width = Math.max(0, ...steps.map(({ verb }) => verb.length));
  return [
    ...steps.map(({ verb, object, change }) => {
      const [sign, style] = signs[change];
      return paint(style, `${sign} ${verb.padEnd(width)}  ${object}`);
    }),
    // What has no step of its own would not be seen otherwise.
    ...(plan.readonlyRootfs ? ["  / is made read-only by the guest itself (root.readonly)"] : []),
    ...(plan.outcomes ?? []).map((outcome) => `  ${outcomeText(outcome)}`),
  ];
}

function headingOf(request: PlanRequest): string {
  const container = "container" in request ? ` of container ${escaped(request.container.id)}` : "";
  switch (request.op) {
    case "prepare":
      return "prepare the sandbox";
    case "cleanup":
      return "clean up the sandbox";
    case "shareFile":
      return `share ${escaped(request.mount.source ?? "")}${container}`;
    case "unshareFile":
      return `unshare ${escaped(request.mount.hostPath ?? request.mount.source ?? "")}${container}`;
    case "shareRootFilesystem":
      return `share the root filesystem${container}`;
    case "unshareRootFilesystem":
      return `unshare the root filesystem${container}`;
    case "shareContainer":
      return `share container ${escaped(request.container.id)}`;
    case "unshareContainer":
      return `remove container ${escaped(request.container.id)}`;
    case "mend":
      return "mend the sandbox";
  }
}
