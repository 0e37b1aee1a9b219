import { type JsonCursor, none } from "./json-cursor.ts";
import type { BindStep, IdMapping, RemoveStep, Step, UmountStep, UnuseStep, UseStep } from "./types.ts";

// Where an operation's word begins, and where the two of rafs differ.
const WORD = '{"op":"'.length;
const RAFS_LETTER = '{"op":"rafs'.length;

const code = (letter: string) => letter.charCodeAt(0);
const B = code("b");
const E = code("e");
const G = code("g");
const H = code("h");
const I = code("i");
const M = code("m");
const N = code("n");
const R = code("r");
const S = code("s");
const U = code("u");
const V = code("v");
const LARGE_U = code("U");

/** The step that the cursor stands at. */
export function readStep(json: JsonCursor): Step {
  const step = stepOf(json);
  json.at += 1; // its brace
  return Object.freeze(step);
}

// Two letters tell all of them but those of rafs.
function stepOf(json: JsonCursor): Step {
  const second = json.letter(WORD + 1);
  switch (json.letter(WORD)) {
    case B:
      return bindStep(json);
    case U:
      if (second === S) return useStep(json);
      if (second === N)
        return { op: "unuse", path: json.string('{"op":"unuse","path":'), undo: undoOf(json) };
      return { op: "umount", target: json.string('{"op":"umount","target":'), undo: undoOf(json) };
    case R:
      if (second !== E) return rafsStep(json);
      return { op: "remove", path: json.string('{"op":"remove","path":'), undo: undoOf(json) };
    case M: {
      const path = json.string('{"op":"mkdir","path":');
      return { op: "mkdir", path, mode: json.integer(',"mode":'), undo: undoOf(json) };
    }
    default:
      return rareStep(json);
  }
}

function rareStep(json: JsonCursor): Step {
  switch (json.letter(WORD)) {
    case G:
      return { op: "guard", target: json.string('{"op":"guard","target":'), undo: undoOf(json) };
    case H: {
      const target = json.string('{"op":"hub","target":');
      return { op: "hub", target, mode: json.integer(',"mode":'), undo: undoOf(json) };
    }
    case V: {
      const source = json.string('{"op":"view","source":');
      return { op: "view", source, target: json.string(',"target":'), undo: undoOf(json) };
    }
    default: {
      const source = json.string('{"op":"copy","source":');
      return { op: "copy", source, guestPath: json.string(',"guestPath":'), undo: undoOf(json) };
    }
  }
}

function rafsStep(json: JsonCursor): Step {
  if (json.letter(RAFS_LETTER) === LARGE_U) {
    return {
      op: "rafsUmount",
      mountpoint: json.string('{"op":"rafsUmount","mountpoint":'),
      undo: undoOf(json),
    };
  }
  const mountpoint = json.string('{"op":"rafsMount","mountpoint":');
  const source = json.string(',"source":');
  return { op: "rafsMount", mountpoint, source, config: json.string(',"config":'), undo: undoOf(json) };
}

function undoOf(json: JsonCursor): readonly Step[] {
  return json.list(',"undo":', readStep);
}

// What takes these two back says nothing new: it is made, not read.

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
  const isMapped = json.letter(3) === I;
  const uidMappings = isMapped ? readIdMappings(json, ',"uidMappings":') : none;
  const gidMappings = isMapped ? readIdMappings(json, ',"gidMappings":') : none;
  const umount: UmountStep = Object.freeze({ op: "umount", target, undo: none });
  const remove: RemoveStep = Object.freeze({ op: "remove", path: target, undo: none });
  const undo = Object.freeze([umount, remove]);
  json.at += BIND_UNDO_LENGTH + 2 * target.length;
  if (isMapped) return { op: "bind", source, target, recursive, attributes, uidMappings, gidMappings, undo };
  return { op: "bind", source, target, recursive, attributes, undo };
}

/** Runs of ids under this name. */
export function readIdMappings(json: JsonCursor, name: string): readonly IdMapping[] {
  return json.list(name, () => {
    const containerID = json.integer('{"containerID":');
    const hostID = json.integer(',"hostID":');
    const size = json.integer(',"size":');
    json.at += 1;
    return Object.freeze({ containerID, hostID, size });
  });
}
