import { pictureOfPlans, pictureOfTable, svgOf } from "../../picture/mod.ts";
import type { FoundSandbox } from "../../table/mod.ts";
import type { PlannedRequest } from "../plan/planned.ts";

/** What plans make, drawn as SVG. */
export function planSvg(planned: readonly PlannedRequest[]): string {
  return svgOf(pictureOfPlans(planned), { title: "What is planned" });
}

/** What sandboxes share, drawn as SVG. */
export function listSvg(sandboxes: readonly FoundSandbox[]): string {
  return svgOf(pictureOfTable(sandboxes), { title: "What is shared" });
}
