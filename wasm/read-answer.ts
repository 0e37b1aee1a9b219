import type { JsonCursor } from "./json-cursor.ts";
import type { AgentStorage, FsGroup, Outcome, SharedFile } from "./types.ts";

// Each of these records has fields that may be missing, its last ones.
const COMMA = ",".charCodeAt(0);
const LETTER_C = "c".charCodeAt(0);
const LETTER_I = "i".charCodeAt(0);
const SHARED = ',"shared":true';

/** What was shared, under this name. */
export function readShared(json: JsonCursor, name: string): SharedFile {
  json.at += name.length;
  const guestPath = json.string('{"guestPath":');
  const storages = json.list(',"storages":', readStorage);
  const isMounted = json.letter(0) === COMMA;
  const shared = isMounted
    ? { guestPath, storages, hostPath: json.string(',"hostPath":') }
    : { guestPath, storages };
  json.at += 1;
  return Object.freeze(shared);
}

/** The storage that the cursor stands at. */
export function readStorage(json: JsonCursor): AgentStorage {
  const storage = {
    driver: json.string('{"driver":'),
    driverOptions: json.strings(',"driverOptions":'),
    source: json.string(',"source":'),
    fstype: json.string(',"fstype":'),
    options: json.strings(',"options":'),
    mountPoint: json.string(',"mountPoint":'),
  };
  const whole = json.letter(0) === COMMA ? { ...storage, ...readDiskFields(json) } : storage;
  json.at += 1;
  return Object.freeze(whole);
}

// Only a disk has one of them, or both.
function readDiskFields(json: JsonCursor): Pick<AgentStorage, "fsGroup" | "shared"> {
  const group = json.stands(',"fsGroup":') ? { fsGroup: readFsGroup(json) } : undefined;
  if (!json.stands(SHARED)) return { ...group };
  json.at += SHARED.length;
  return { ...group, shared: true };
}

function readFsGroup(json: JsonCursor): FsGroup {
  const groupId = json.integer(',"fsGroup":{"groupId":');
  const groupChangePolicy = json.string(',"groupChangePolicy":') as FsGroup["groupChangePolicy"];
  json.at += 1;
  return Object.freeze({ groupId, groupChangePolicy });
}

/** What becomes of a mount, where the cursor stands. */
export function readOutcome(json: JsonCursor): Outcome {
  const destination = json.string('{"destination":');
  const kind = json.string(',"kind":') as Outcome["kind"];
  const reason = json.string(',"reason":') as Outcome["reason"];
  const isCovered = json.letter(0) === COMMA && json.letter(2) === LETTER_C;
  const covered = isCovered ? { coveredBy: json.integer(',"coveredBy":') } : undefined;
  const isIgnored = json.letter(0) === COMMA && json.letter(2) === LETTER_I;
  const ignored = isIgnored ? { ignoredOptions: json.strings(',"ignoredOptions":') } : undefined;
  const shared = json.letter(0) === COMMA ? readShared(json, ',"shared":') : undefined;
  json.at += 1;
  // Nearly all are shared and not covered: a spread takes longer than reading them.
  if (covered || ignored) {
    return Object.freeze({ destination, kind, reason, ...covered, ...ignored, ...(shared && { shared }) });
  }
  return Object.freeze(shared ? { destination, kind, reason, shared } : { destination, kind, reason });
}
