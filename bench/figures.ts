/** Something measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

// What a figure should not be above. Shown beside it; nothing fails by it.
const ceilings: Readonly<Record<string, number>> = {
  "core.bytes": 40_000,
  "core.imports": 0,
  "core.load_ms": 3,
  "plan.us_per_request": 3,
  "plan.us_per_mount": 2,
  "plan.deno.us_per_mount": 2,
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
};

/** One JSON object a line. */
export function asJson(figures: readonly Figure[]): string {
  return figures.map((figure) => JSON.stringify(figure)).join("\n");
}

/** A table for people. */
export function asTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit }) => {
    const ceiling = ceilings[name];
    const limit = ceiling === undefined ? "" : `at most ${ceiling}`;
    return [name.padEnd(34), value.toString().padStart(8), unit.padEnd(7), limit].join("  ").trimEnd();
  });
  return rows.join("\n");
}

/** A number with as many digits as mean something. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
