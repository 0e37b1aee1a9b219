import { execFileSync } from "node:child_process";
import { env } from "node:process";
import type { Generation } from "../../../ffi/guest/generation.ts";

/** The path of the agent under test. */
export const agentPath: string = env.GUESTSHARE_KATA_AGENT ?? "";

/** Its generation. */
export const generation: Generation = generationOf(
  execFileSync(agentPath, ["--version"]).toString().split(" ")[2] ?? "",
);

function generationOf(version: string): Generation {
  if (version === "3.1.0-alpha0") return "CC-0.2.0"; // what it was forked from
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major >= 4) return "4.0";
  if (major === 3 && minor >= 18) return "3.18";
  if (major === 3 && minor >= 3) return "3.3";
  throw new Error(`Cannot test with an agent of ${JSON.stringify(version)}: it makes no directories`);
}
