import type { Durations } from "../monitor/duration-counter.ts";
import type { MetricFamily } from "./exposition.ts";

/** Durations as a histogram. */
export function histogram(name: string, help: string, durations: Durations): MetricFamily {
  const { buckets, sumSeconds, count } = durations;
  const rows = [
    ...buckets.map(({ atMostSeconds, count }) => ({ le: String(atMostSeconds), value: count })),
    { le: "+Inf", value: count },
  ];
  return {
    ...{ name, help, type: "histogram" },
    samples: [
      ...rows.map(({ le, value }) => ({ suffix: "_bucket", labels: { le }, value }) as const),
      { suffix: "_sum", value: sumSeconds },
      { suffix: "_count", value: count },
    ],
  };
}
