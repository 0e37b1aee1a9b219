import { CORE_BYTES } from "./core-budget.ts";

/** Something measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

// The limits of figures. They are shown beside the figures, and nothing fails if one is exceeded.
const ceilings: Readonly<Record<string, number>> = {
  "core.bytes": CORE_BYTES,
  "core.imports": 0,
  "core.load_ms": 3,
  "plan.request_vs_json": 1.3,
  "plan.container_vs_json": 1.3,
  "plan.deno.container_vs_json": 1.4,
  "plan.vs_mount": 0.15,
  "mounts.node.vs_c": 3.2,
  "mounts.node-koffi.vs_c": 1.6,
  "mounts.deno.vs_c": 1.6,
  "mounts.node.container_vs_c": 3.2,
  "mounts.node-koffi.container_vs_c": 1.6,
  "mounts.deno.container_vs_c": 1.6,
  "mounts.node.vs_classic": 0.6,
  "mounts.node-koffi.vs_classic": 0.35,
  "mounts.deno.vs_classic": 0.35,
  "unshare.node.vs_c": 2.5,
  "unshare.node-koffi.vs_c": 1.3,
  "unshare.deno.vs_c": 1.3,
  "audit.node-koffi.vs_c": 3,
  "audit.deno.vs_c": 3,
  "cold.node-koffi.wall_vs_start": 1.6,
  "cold.node.wall_vs_start": 1.75,
  "cold.deno.wall_vs_fs": 1.7,
  "cold.node.host.import_vs_start": 0.25,
  "cold.node.guestshare.import_vs_start": 0.12,
  "cli.plan_offline_vs_node": 2,
  "copy.node.small.vs_serial": 0.5,
  "copy.deno.small.vs_serial": 0.5,
  "copy.node.delayed.vs_serial": 0.08,
  "copy.deno.delayed.vs_serial": 0.08,
  "copy.node.big.vs_pipe": 5,
  "copy.deno.big.vs_pipe": 5,
  "copy.node.big.rss_mib": 30,
  "copy.deno.big.rss_mib": 30,
  "copy.node.many.rss_mib": 60,
  "copy.deno.many.rss_mib": 60,
};

/** The figures as JSON, one object a line. */
export function asJson(figures: readonly Figure[]): string {
  return figures.map((figure) => JSON.stringify(figure)).join("\n");
}

/** The figures as a table for people. */
export function asTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit }) => {
    const ceiling = ceilings[name];
    const limit = ceiling === undefined ? "" : `at most ${ceiling}`;
    return [name.padEnd(34), value.toString().padStart(8), unit.padEnd(7), limit].join("  ").trimEnd();
  });
  return rows.join("\n");
}

/** The figure of a name among those that were measured. */
export function figure(name: string, found: ReadonlyMap<string, number>, unit: string): Figure {
  return { name, value: rounded(found.get(name) ?? Number.NaN), unit };
}

/** The ratio of two times or other numbers. */
export function ratio(name: string, number: number = Number.NaN, reference: number = Number.NaN): Figure {
  return { name, value: rounded(number / reference), unit: "ratio" };
}

/** A number, rounded to its significant digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
