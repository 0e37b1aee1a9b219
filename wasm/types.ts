/**
 * The types of requests and plans. The JSON Schema in `schema.json` is made from these types, and tests compare both with the core.
 *
 * This module is browser compatible.
 * @module
 */
export type * from "./types/container.ts";
export type * from "./types/mend.ts";
export type * from "./types/mount.ts";
export type * from "./types/option-words.ts";
export type * from "./types/plan.ts";
export type * from "./types/request.ts";
export type * from "./types/sandbox.ts";
export type * from "./types/shared-file.ts";
export type * from "./types/step.ts";
export type * from "./types/words.ts";
