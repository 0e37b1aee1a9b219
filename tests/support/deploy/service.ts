import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { readUnit } from "./unit.ts";

/** The capabilities that deploy/ leaves a monitor, as setpriv calls them. */
export function serviceCapabilities(): string[] {
  const [value = ""] = settings("CapabilityBoundingSet");
  return value.split(" ").map((name) => name.replace(/^CAP_/, "").toLowerCase());
}

/** The variables that deploy/ gives a monitor, as env takes them. */
export function serviceVariables(): string[] {
  return settings("Environment").map((value) => value.replace(/^"(.*)"$/, "$1"));
}

function settings(name: string): string[] {
  const unit = readUnit(readFileSync(join(packageRoot, "deploy/guestshare-monitor.service"), "utf8"));
  return unit.flatMap(({ key, value }) => (key === name ? [value] : []));
}
