import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { readUnit } from "./unit.ts";

/** The capabilities that deploy/ leaves a monitor, as setpriv calls them. */
export function serviceCapabilities(): string[] {
  const unit = readUnit(readFileSync(join(packageRoot, "deploy/guestshare-monitor.service"), "utf8"));
  const { value = "" } = unit.find(({ key }) => key === "CapabilityBoundingSet") ?? {};
  return value.split(" ").map((name) => name.replace(/^CAP_/, "").toLowerCase());
}
