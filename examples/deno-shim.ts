// Gives Node the Deno namespace, for examples that were written for Deno.
import { Deno } from "@deno/shim-deno";

Object.defineProperty(globalThis, "Deno", { value: Deno });
