import { copyRows } from "./copy-rows.ts";
import { diskRows } from "./disk-rows.ts";
import { layerRows } from "./layer-rows.ts";
import { lifeRows } from "./life-rows.ts";
import { measureRows } from "./measure-rows.ts";
import { memoryRows } from "./memory-rows.ts";
import { processRows } from "./process-rows.ts";
import { refusalRows } from "./refusal-rows.ts";
import type { Row } from "./row.ts";
import { sharedRows } from "./shared-rows.ts";

/** All that is asked of each agent. */
export const rows: readonly Row[] = [
  ...[...processRows, ...memoryRows, ...diskRows, ...layerRows, ...copyRows],
  ...[...lifeRows, ...measureRows, ...refusalRows, ...sharedRows],
];
