import { JsonCursor } from "./json-cursor.ts";
import { readOutcome, readShared, readStorage } from "./read-answer.ts";
import { readOciMount } from "./read-mount.ts";
import { readStep } from "./read-step.ts";
import type { Plan } from "./types.ts";

const READONLY = ',"readonlyRootfs":true';

/**
 * The plan that the core's JSON says, deeply frozen. It is what JSON.parse gives, in half the time: the core writes each
 * record's fields in one order, so their names need not be read. A test holds the two against each other.
 */
export function readPlan(json: string): Plan {
  // An escape is rare, and JSON.parse knows them all.
  return json.includes("\\") ? deepFreeze(JSON.parse(json)) : read(new JsonCursor(json));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

function read(json: JsonCursor): Plan {
  const plan: { -readonly [K in keyof Plan]: Plan[K] } = {
    directory: json.string('{"directory":'),
    steps: json.list(',"steps":', readStep),
  };
  if (json.stands(',"shared":null')) {
    plan.shared = null;
    json.at += ',"shared":null'.length;
  } else if (json.stands(',"shared":')) plan.shared = readShared(json, ',"shared":');
  if (json.stands(',"storages":')) plan.storages = json.list(',"storages":', readStorage);
  if (json.stands(',"mounts":')) {
    plan.mounts = json.list(',"mounts":', readOciMount);
    plan.rootPath = json.string(',"rootPath":');
    if (json.stands(READONLY)) {
      plan.readonlyRootfs = true;
      json.at += READONLY.length;
    }
    plan.outcomes = json.list(',"outcomes":', readOutcome);
  }
  return Object.freeze(plan);
}
