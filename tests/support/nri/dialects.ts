import { ownRuntime } from "../runtimes.ts";
import { isShort } from "../sample.ts";
import type { TestRuntime } from "./test-runtime.ts";

/** The dialects of NRI that are tried here. The short run has one on each runtime. */
export const dialectsHere: readonly TestRuntime["nri"][] = isShort
  ? [ownRuntime === "deno" ? "0.8" : "0.12"]
  : ["0.12", "0.8"];
