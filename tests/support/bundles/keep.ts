import { writeFileSync } from "node:fs";
import { env } from "node:process";
import type { Scratch } from "../scratch.ts";
import type { SharedBundle } from "./share.ts";

/** Writes a bundle's config.json into the directory that GUESTSHARE_TEST_KEEP_BUNDLES names, if any. */
export function keepBundle({ path }: Scratch, name: string, { config }: SharedBundle): void {
  const directory = env.GUESTSHARE_TEST_KEEP_BUNDLES ?? "";
  if (directory !== "") writeFileSync(`${directory}/${name}.json`, neutral(config, path));
}

// Without what differs each time: places, ids, numbers of temporary directories and the time.
function neutral(config: string, path: string): string {
  const text = config
    .replaceAll(path, "/srv/example")
    .replace(/\b[0-9a-f]{64}\b/g, "0123456789abcdef".repeat(4))
    .replace(/(?<="HOSTNAME=|"hostname": ?")[0-9a-f]{12}(?=")/g, "0123456789ab")
    .replace(/\/buildah\d+\//g, "/buildah1/")
    .replace(/\/overlay\/\d+\//g, "/overlay/1/")
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)/g, "2026-01-01T00:00:00Z");
  return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
}
