import { type JsonCursor, none } from "./json-cursor.ts";
import type { BindStep, IdMapping, RemoveStep, Step, UmountStep, UnuseStep, UseStep } from "./types.ts";

const code = (character: string) => character.charCodeAt(0);
const B = code("b");
const I = code("i");
const U = code("u");

// What stands before the name of an operation.
const WORD = '{"op":"'.length;

type ReaderOf<Op extends Step["op"]> = (json: JsonCursor) => Extract<Step, { op: Op }>;

// The type has every operation, so the compiler finds one that is missing here.
const readers: { readonly [Op in Step["op"]]: ReaderOf<Op> } = {
  bind: bindStep,
  use: useStep,
  mkdir: (json) => {
    const path = json.string('{"op":"mkdir","path":');
    return { op: "mkdir", path, mode: json.integer(',"mode":'), undo: undoOf(json) };
  },
  guard: (json) => ({ op: "guard", target: json.string('{"op":"guard","target":'), undo: undoOf(json) }),
  hub: (json) => {
    const target = json.string('{"op":"hub","target":');
    return { op: "hub", target, mode: json.integer(',"mode":'), undo: undoOf(json) };
  },
  view: (json) => {
    const source = json.string('{"op":"view","source":');
    return { op: "view", source, target: json.string(',"target":'), undo: undoOf(json) };
  },
  mark: (json) => ({ op: "mark", path: json.string('{"op":"mark","path":'), undo: undoOf(json) }),
  umount: (json) => ({ op: "umount", target: json.string('{"op":"umount","target":'), undo: undoOf(json) }),
  remove: (json) => ({ op: "remove", path: json.string('{"op":"remove","path":'), undo: undoOf(json) }),
  unuse: (json) => ({ op: "unuse", path: json.string('{"op":"unuse","path":'), undo: undoOf(json) }),
  copy: (json) => {
    const source = json.string('{"op":"copy","source":');
    const guestPath = json.string(',"guestPath":');
    if (!json.startsWith(',"together":true')) return { op: "copy", source, guestPath, undo: undoOf(json) };
    json.at += ',"together":true'.length;
    return { op: "copy", source, guestPath, together: true, undo: undoOf(json) };
  },
  rafsMount: (json) => {
    const mountpoint = json.string('{"op":"rafsMount","mountpoint":');
    const source = json.string(',"source":');
    return { op: "rafsMount", mountpoint, source, config: json.string(',"config":'), undo: undoOf(json) };
  },
  rafsUmount: (json) => {
    const mountpoint = json.string('{"op":"rafsUmount","mountpoint":');
    return { op: "rafsUmount", mountpoint, undo: undoOf(json) };
  },
};

/**
 * Reads a step.
 *
 * @throws {Error} if the operation is unknown.
 */
export function readStep(json: JsonCursor): Step {
  const word = wordOf(json);
  if (!Object.hasOwn(readers, word))
    throw new Error(`Cannot read a plan: no step is called ${JSON.stringify(word)}`);
  const step = readers[word as Step["op"]](json);
  json.at += 1; // its brace
  return Object.freeze(step);
}

// Plans can have thousands of binds and uses. These are recognised without a new string.
function wordOf(json: JsonCursor): string {
  const first = json.codeAt(WORD);
  if (first === B && json.startsWith('bind"', WORD)) return "bind";
  if (first === U && json.startsWith('use"', WORD)) return "use";
  return json.wordAt(WORD);
}

function undoOf(json: JsonCursor): readonly Step[] {
  return json.list(',"undo":', readStep);
}

// The undo of these two steps follows from their other fields. It is created, not read.

const USE_UNDO_LENGTH = ',"undo":[{"op":"unuse","path":"","undo":[]}]'.length;

function useStep(json: JsonCursor): UseStep {
  const path = json.string('{"op":"use","path":');
  const mode = json.integer(',"mode":');
  const unuse: UnuseStep = Object.freeze({ op: "unuse", path, undo: none });
  json.at += USE_UNDO_LENGTH + path.length;
  return { op: "use", path, mode, undo: Object.freeze([unuse]) };
}

const BIND_UNDO_LENGTH = ',"undo":[{"op":"umount","target":"","undo":[]},{"op":"remove","path":"","undo":[]}]'
  .length;

function bindStep(json: JsonCursor): BindStep {
  const source = json.string('{"op":"bind","source":');
  const target = json.string(',"target":');
  const recursive = json.boolean(',"recursive":');
  const attributes = json.strings<BindStep["attributes"][number]>(',"attributes":');
  const isMapped = json.codeAt(3) === I;
  const uidMappings = isMapped ? readIdMappings(json, ',"uidMappings":') : none;
  const gidMappings = isMapped ? readIdMappings(json, ',"gidMappings":') : none;
  const umount: UmountStep = Object.freeze({ op: "umount", target, undo: none });
  const remove: RemoveStep = Object.freeze({ op: "remove", path: target, undo: none });
  const undo = Object.freeze([umount, remove]);
  json.at += BIND_UNDO_LENGTH + 2 * target.length;
  if (isMapped) return { op: "bind", source, target, recursive, attributes, uidMappings, gidMappings, undo };
  return { op: "bind", source, target, recursive, attributes, undo };
}

/** Reads id mappings, after this name. */
export function readIdMappings(json: JsonCursor, name: string): readonly IdMapping[] {
  return json.list(name, () => {
    const containerID = json.integer('{"containerID":');
    const hostID = json.integer(',"hostID":');
    const size = json.integer(',"size":');
    json.at += 1;
    return Object.freeze({ containerID, hostID, size });
  });
}
