import { ANY_ID_MAP, ID_MAP } from "../attributes";
import { JsonReader } from "../json/read";
import { List } from "../list";
import { bind, mkdir, Step, use } from "../step";
import { Text } from "../text";
import { readAttributes } from "./facts";
import { MAX_MODE } from "./hub-share";
import { readIdMappings } from "./id-mapping";
import { Mount } from "./mount";
import { readDirectory, readPath, readUpTo, readWord } from "./values";

const OPS: StaticArray<string> = ["mkdir", "bind", "use"];

// The fields of a step. For each of OPS, NEEDED and ALLOWED have a bit for each field, in this order.
enum Field { Op, Path, Mode, Source, Target, Recursive, Attributes, UidMappings, GidMappings }
const FIELDS: StaticArray<string> = [
  "op",
  "path",
  "mode",
  "source",
  "target",
  "recursive",
  "attributes",
  "uidMappings",
  "gidMappings",
];
const NEEDED: StaticArray<u16> = [0b111, 0b1111001, 0b111];
const ALLOWED: StaticArray<u16> = [0b111, 0b111111001, 0b111];

/** Reads the field "steps": those of plans by which shares are made. */
export function readShareSteps(json: JsonReader): List<Step> {
  const steps: List<Step> = new List<Step>();
  json.array();
  while (json.item()) steps.push(readShareStep(json));
  return steps;
}

function readShareStep(json: JsonReader): Step {
  let fields = 0;
  let op = 0;
  let mode: i64 = 0;
  let attributes: u32 = 0;
  let recursive = false;
  let place = Text.empty;
  let source = Text.empty;
  const mount = new Mount();
  json.object();
  while (json.field()) {
    let field = 0;
    while (field < FIELDS.length && !json.is(unchecked(FIELDS[field]))) field += 1;
    fields |= 1 << field;
    switch (field) {
      case Field.Op: op = readWord(json, OPS); break;
      case Field.Path:
      case Field.Target: place = readDirectory(json); break;
      case Field.Mode: mode = readUpTo(json, MAX_MODE); break;
      case Field.Source: source = readPath(json); break;
      case Field.Recursive: recursive = json.boolean(); break;
      case Field.Attributes: attributes = readAttributes(json); break;
      case Field.UidMappings: mount.uidMappings = readIdMappings(json); break;
      case Field.GidMappings: mount.gidMappings = readIdMappings(json); break;
      default: json.unknownField();
    }
  }
  checkFields(json, op, fields);
  if (op == 0) return mkdir(place, <i32>mode);
  if (op == 2) return use(place, <i32>mode);
  return bind(source, place, recursive, withIdMap(json, attributes, mount), mount);
}

function checkFields(json: JsonReader, op: i32, fields: i32): void {
  const missing = unchecked(NEEDED[op]) & ~fields;
  const wrong = missing | (fields & ~unchecked(ALLOWED[op]));
  if (wrong == 0) return;
  const field = ctz(wrong);
  json.refuseField(Text.of(unchecked(FIELDS[field])), (missing >> field) & 1 ? "missing-field" : "unknown-field");
}

// As of a mount in a request: mappings are never ignored, and an idmapped mount needs both.
function withIdMap(json: JsonReader, attributes: u32, mount: Mount): u32 {
  const hasMappings = mount.uidMappings.length > 0 || mount.gidMappings.length > 0;
  if (!hasMappings && (attributes & ANY_ID_MAP) == 0) return attributes;
  json.require(mount.uidMappings.length > 0, "uidMappings");
  json.require(mount.gidMappings.length > 0, "gidMappings");
  return (attributes & ANY_ID_MAP) == 0 ? attributes | ID_MAP : attributes;
}
