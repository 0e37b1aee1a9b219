import { readJson } from "../../input/json.ts";
import type { Reader } from "../../input/reader.ts";
import type { GatePods, GateRefusals, GateRules } from "./rules.ts";

const MOST_ENTRIES = 1000;
const MOST_MOUNTS = 100_000;
const LONGEST_PATH = 4095;
const LONGEST_NAME = 253;

// A name that is "." or "..", an empty one, a character that no path has, or the root.
const notAPath = /^(?!\/)|\/(?:\.{0,2})(?:\/|$)|[\0\ud800-\udfff]/u;

/**
 * The rules of a gate, from their JSON.
 *
 * @throws {FormatError} for a text that is no JSON, and for a field that is unknown or has a wrong value, with its path; for a namespace
 * that is named and excepted, with both paths; also if no rule would refuse anything.
 *
 * @example
 * ```ts
 * import { FormatError } from "guestshare";
 * import { readGateRules } from "guestshare/node";
 *
 * const rules = readGateRules('{ "refuse": { "hostRoot": true, "paths": ["/etc/kubernetes"] } }');
 * console.log(rules.refuse?.paths?.length); // 1
 * try {
 *   readGateRules('{ "refuse": { "paths": ["/etc/../"] } }');
 * } catch (error) {
 *   if (!(error instanceof FormatError)) throw error;
 *   console.log(error.path, error.code); // refuse.paths[0] not-a-gate-path
 * }
 * ```
 */
export function readGateRules(json: string | object): GateRules {
  const root = readJson("gate rules", json);
  const fields = fieldsOf(root, ["refuse", "readOnly", "maxMounts", "pods"]);
  const rules: GateRules = {
    ...(fields.refuse && { refuse: refusalsOf(fields.refuse) }),
    ...(fields.readOnly && { readOnly: pathsOf(fields.readOnly) }),
    ...(fields.maxMounts && { maxMounts: mountsOf(fields.maxMounts) }),
    ...(fields.pods && { pods: podsOf(fields.pods) }),
  };
  return refusesAnything(rules) ? rules : root.refuse("no-rules", "");
}

function refusalsOf(reader: Reader): GateRefusals {
  const fields = fieldsOf(reader, ["hostRoot", "kernelFilesystems", "runtimeSockets", "paths"]);
  return {
    ...(fields.hostRoot && { hostRoot: fields.hostRoot.flag() }),
    ...(fields.kernelFilesystems && { kernelFilesystems: fields.kernelFilesystems.flag() }),
    ...(fields.runtimeSockets && { runtimeSockets: fields.runtimeSockets.flag() }),
    ...(fields.paths && { paths: pathsOf(fields.paths) }),
  };
}

function podsOf(reader: Reader): GatePods {
  const fields = fieldsOf(reader, ["runtimeHandlers", "namespaces", "exceptNamespaces"]);
  if (fields.namespaces && fields.exceptNamespaces) refuseBoth(fields.namespaces, fields.exceptNamespaces);
  return {
    ...(fields.runtimeHandlers && { runtimeHandlers: namesOf(filled(fields.runtimeHandlers)) }),
    ...(fields.namespaces && { namespaces: namesOf(filled(fields.namespaces)) }),
    ...(fields.exceptNamespaces && { exceptNamespaces: namesOf(fields.exceptNamespaces) }),
  };
}

// Whichever won, one of the two lists would not say what it says.
function refuseBoth(namespaces: Reader, exceptNamespaces: Reader): void {
  const named = new Map(namespaces.items().map((item) => [item.text(), item]));
  for (const item of exceptNamespaces.items()) {
    const name = item.text();
    const other = named.get(name);
    if (other) item.refuseBeside(other, name);
  }
}

/** The fields of a record, which has no others. A field that is null would be a rule that is off without anybody having said so. */
function fieldsOf<Name extends string>(
  reader: Reader,
  names: readonly Name[],
): Partial<Record<Name, Reader>> {
  for (const [name, value] of Object.entries(reader.record())) {
    if (!names.includes(name as Name)) reader.at(name).refuseWord(name, names, "unknown-field");
    if (value === null) reader.at(name).refuse("wrong-type", "a value instead of null");
  }
  const found = names.map((name) => [name, reader.field(name)] as const);
  return Object.fromEntries(found.filter(([, field]) => field)) as Partial<Record<Name, Reader>>;
}

function entriesOf(reader: Reader): Reader[] {
  const items = reader.items();
  return items.length <= MOST_ENTRIES ? items : reader.refuse("out-of-range", `${items.length} entries`);
}

// An empty list would be of no pod, and the gate would judge nothing.
function filled(reader: Reader): Reader {
  return reader.items().length > 0 ? reader : reader.refuse("out-of-range", "0 entries");
}

function pathsOf(reader: Reader): string[] {
  return entriesOf(reader).map((item) => {
    const path = item.text();
    return notAPath.test(path) || [...path].length > LONGEST_PATH
      ? item.refuse("not-a-gate-path", path)
      : path;
  });
}

function namesOf(reader: Reader): string[] {
  return entriesOf(reader).map((item) => {
    const name = item.text();
    return [...name].length > LONGEST_NAME ? item.refuse("out-of-range", name) : name;
  });
}

function mountsOf(reader: Reader): number {
  const count = reader.count(MOST_MOUNTS);
  return count === 0 ? reader.refuse("out-of-range", "0") : count;
}

function refusesAnything({ refuse = {}, readOnly = [], maxMounts }: GateRules): boolean {
  const { paths = [], ...flags } = refuse;
  return maxMounts !== undefined || readOnly.length + paths.length > 0 || Object.values(flags).includes(true);
}
