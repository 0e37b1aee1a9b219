import type { NodeStatus } from "../monitor/status.ts";
import { exposition } from "./exposition.ts";
import { auditFamilies, gateFamilies, livingFamilies, podFamilies, sandboxFamilies } from "./families.ts";

/** What metrics have beside a node's numbers. */
export interface MetricsOptions {
  /** Series of each sandbox, with its pod's name. Default false: a node has as many series as it has states and codes. */
  readonly perPod?: boolean | undefined;
}

/**
 * What a monitor knows, as a text that Prometheus reads (version 0.0.4). Names of strangers are only in `guestshare_runtime_info`, and in
 * the series of sandboxes; what could deceive in them is written as numbers.
 *
 * @example
 * ```ts
 * import { metricsText, Monitor } from "guestshare/node";
 *
 * const monitor = await Monitor.start({ living: { list: async () => [] } });
 * const lines = metricsText(monitor.status()).split("\n");
 * console.log(lines.find((line) => line.startsWith("guestshare_mounts "))); // guestshare_mounts 0
 * await monitor.close();
 * ```
 */
export function metricsText(status: NodeStatus, { perPod = false }: MetricsOptions = {}): string {
  return exposition([
    ...sandboxFamilies(status),
    ...auditFamilies(status),
    ...livingFamilies(status),
    ...gateFamilies(status),
    ...(perPod ? podFamilies(status) : []),
  ]);
}
