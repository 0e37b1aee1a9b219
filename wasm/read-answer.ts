import type { JsonCursor } from "./json-cursor.ts";
import type { AgentStorage, FsGroup, Outcome, SharedFile } from "./types.ts";

// The last fields of these records are optional. The characters that follow the others say which of them are there.
const COMMA = ",".charCodeAt(0);
const C = "c".charCodeAt(0);
const I = "i".charCodeAt(0);
const SHARED = ',"shared":true';

/** Reads a shared file, after this name. */
export function readShared(json: JsonCursor, name: string): SharedFile {
  json.at += name.length;
  const guestPath = json.string('{"guestPath":');
  const storages = json.list(',"storages":', readStorage);
  const isMounted = json.codeAt(0) === COMMA;
  const shared = isMounted
    ? { guestPath, storages, hostPath: json.string(',"hostPath":') }
    : { guestPath, storages };
  json.at += 1;
  return Object.freeze(shared);
}

/** Reads a storage. */
export function readStorage(json: JsonCursor): AgentStorage {
  const storage = {
    driver: json.string('{"driver":'),
    driverOptions: json.strings(',"driverOptions":'),
    source: json.string(',"source":'),
    fstype: json.string(',"fstype":'),
    options: json.strings(',"options":'),
    mountPoint: json.string(',"mountPoint":'),
  };
  const whole = json.codeAt(0) === COMMA ? { ...storage, ...readDiskFields(json) } : storage;
  json.at += 1;
  return Object.freeze(whole);
}

// Only the storages of disks have these fields.
function readDiskFields(json: JsonCursor): Pick<AgentStorage, "fsGroup" | "shared"> {
  const group = json.startsWith(',"fsGroup":') ? { fsGroup: readFsGroup(json) } : undefined;
  if (!json.startsWith(SHARED)) return { ...group };
  json.at += SHARED.length;
  return { ...group, shared: true };
}

function readFsGroup(json: JsonCursor): FsGroup {
  const groupId = json.integer(',"fsGroup":{"groupId":');
  const groupChangePolicy = json.string(',"groupChangePolicy":') as FsGroup["groupChangePolicy"];
  json.at += 1;
  return Object.freeze({ groupId, groupChangePolicy });
}

/** Reads the outcome of a mount. */
export function readOutcome(json: JsonCursor): Outcome {
  const destination = json.string('{"destination":');
  const kind = json.string(',"kind":') as Outcome["kind"];
  const reason = json.string(',"reason":') as Outcome["reason"];
  const isCovered = json.codeAt(0) === COMMA && json.codeAt(2) === C;
  const covered = isCovered ? { coveredBy: json.integer(',"coveredBy":') } : undefined;
  const isIgnored = json.codeAt(0) === COMMA && json.codeAt(2) === I;
  const ignored = isIgnored ? { ignoredOptions: json.strings(',"ignoredOptions":') } : undefined;
  const shared = json.codeAt(0) === COMMA ? readShared(json, ',"shared":') : undefined;
  json.at += 1;
  // Most mounts are neither covered nor have ignored options. For them, a spread would take longer than the reading.
  if (covered || ignored) {
    return Object.freeze({ destination, kind, reason, ...covered, ...ignored, ...(shared && { shared }) });
  }
  return Object.freeze(shared ? { destination, kind, reason, shared } : { destination, kind, reason });
}
