import type { Plan } from "../../mod.ts";
import { InputMistake } from "./place.ts";

/** What a field of a plan has: a text, a list of texts, a record, or a list of records. Other fields may have anything. */
type FieldType = "text" | "texts" | "record" | "records";

const typeOfField: Readonly<Record<string, FieldType>> = {
  ...{ directory: "text", rootPath: "text", destination: "text", guestPath: "text", hostPath: "text" },
  ...{ op: "text", path: "text", source: "text", target: "text", mountpoint: "text", type: "text" },
  ...{ driver: "text", fstype: "text", mountPoint: "text", kind: "text", reason: "text" },
  ...{ options: "texts", driverOptions: "texts", attributes: "texts", ignoredOptions: "texts" },
  ...{ steps: "records", undo: "records", storages: "records", mounts: "records", outcomes: "records" },
  ...{ omitted: "records", rootOmitted: "records", shared: "record" },
};

// What each record of a list has, or, of a step, each step of its kind.
const neededIn: Readonly<Record<string, readonly string[]>> = {
  ...{ steps: ["op", "undo"], undo: ["op", "undo"] },
  ...{ storages: ["driver", "source", "mountPoint", "options"], mounts: ["destination"] },
  ...{ outcomes: ["destination", "kind", "reason"], shared: ["guestPath", "storages"] },
};
const neededByStep: Readonly<Record<string, readonly string[]>> = {
  ...{ bind: ["source", "target", "attributes"], view: ["source", "target"], copy: ["source", "guestPath"] },
  ...{ rafsMount: ["source", "mountpoint"], rafsUmount: ["mountpoint"] },
  ...{ guard: ["target"], hub: ["target"], umount: ["target"] },
  ...{ mkdir: ["path"], mark: ["path"], use: ["path"], unuse: ["path"], remove: ["path"] },
};

/** Whether a value is what the core answers, and no request. */
export function isBarePlan(value: object): boolean {
  return !("op" in value) && "directory" in value && "steps" in value;
}

/**
 * A plan without its request, such as `planJson` gives it. Nobody planned it here, so what will be drawn of it is looked at.
 *
 * @throws {InputMistake} for a field that no plan has so, with its place.
 */
export function readBarePlan(value: object, prefix: string): Plan {
  const pending = [{ value, path: prefix, needed: ["directory", "steps"] as readonly string[] }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const name of next.needed) if (!(name in next.value)) refuse(`A plan has "${name}" here`, next.path);
    for (const [name, field] of Object.entries(next.value) as [string, unknown][]) {
      const path = next.path === "" ? name : `${next.path}.${name}`;
      for (const [below, record] of recordsIn(name, field, path))
        pending.push({ value: record, path: below, needed: neededOf(name, record, below) });
    }
  }
  return value as Plan;
}

function recordsIn(name: string, field: unknown, path: string): [string, object][] {
  const type = Object.hasOwn(typeOfField, name) ? typeOfField[name] : undefined;
  if (type === undefined || (field === null && type === "record")) return [];
  if (type === "text") return typeof field === "string" ? [] : refuse("A plan has a text here", path);
  if (type === "record") return isRecord(field) ? [[path, field]] : refuse("A plan has an object here", path);
  if (!Array.isArray(field)) return refuse("A plan has a list here", path);
  const isRight = type === "texts" ? (one: unknown) => typeof one === "string" : isRecord;
  const wrong = field.findIndex((one) => !isRight(one));
  if (wrong >= 0) refuse(`A plan has ${type === "texts" ? "a text" : "an object"} here`, `${path}[${wrong}]`);
  return type === "texts" ? [] : field.map((one: object, at) => [`${path}[${at}]`, one]);
}

function neededOf(name: string, record: object, path: string): readonly string[] {
  const needed = neededIn[name] ?? [];
  if (!needed.includes("op") || !("op" in record)) return needed;
  const op = String(record.op);
  return [
    ...needed,
    ...(Object.hasOwn(neededByStep, op) ? (neededByStep[op] ?? []) : refuse("No plan has this step", path)),
  ];
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(message: string, path: string): never {
  throw new InputMistake(message, { in: "request", path });
}
