import { type DescMessage, fromBinary, type MessageShape } from "@bufbuild/protobuf";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { noMessage } from "../ttrpc/received-request.ts";
import { TtrpcRefusal } from "../ttrpc/refusal.ts";

// Two bytes of a message can be an empty message in it, which takes a hundred times as much memory. Roughly what is taken, in bytes:
const MESSAGE_WEIGHT = 256;
const VALUE_WEIGHT = 32;
const PACKED_WEIGHT = 8;
// A container of two thousand mounts, or thirty thousand variables: above it, entries have to be as long as they are heavy.
const FREE_WEIGHT = 1024 * 1024;

/** What is in a field: a message with fields of its own, or numbers in a row, or one value. */
type Content = Fields | "packed" | "value";
type Fields = ReadonlyMap<number, Content>;
const fieldsOfSchemas = new WeakMap<DescMessage, Fields>();

/**
 * A message of some bytes. What a message takes in memory beside its texts is limited.
 *
 * @throws {TtrpcRefusal} for bytes that are no such message, or too many entries for their length.
 */
export function decodedWithin<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    if (isHeavier(schema, { reader: new BinaryReader(bytes), perByte: 0 }, FREE_WEIGHT + bytes.length))
      throw tooHeavy(schema);
    // A message of unknown fields would take a hundred times its size in memory.
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (error) {
    throw error instanceof TtrpcRefusal ? error : noMessage(error);
  }
}

/** Whether a message of some bytes takes more memory than so many bytes, its texts included. It is not decoded, and may be none. */
export function takesMoreThan(schema: DescMessage, bytes: Uint8Array, most: number): boolean {
  try {
    return isHeavier(schema, { reader: new BinaryReader(bytes), perByte: 1 }, most);
  } catch {
    return false;
  }
}

/** What is weighed, and what a byte of a text weighs. */
interface Scale {
  readonly reader: BinaryReader;
  readonly perByte: number;
}

function isHeavier(schema: DescMessage, scale: Scale, weight: number): boolean {
  return weigh(fieldsOf(schema), scale, scale.reader.len, weight) < 0;
}

/** How much of a weight is left after the fields up to an end; negative if it is not enough. */
function weigh(fields: Fields, scale: Scale, end: number, weight: number): number {
  const { reader } = scale;
  let left = weight;
  while (reader.pos < end && left >= 0) {
    const [number, type] = reader.tag();
    const content = fields.get(number);
    if (content !== undefined && type === WireType.LengthDelimited) left = weighContent(content, scale, left);
    else {
      if (content !== undefined) left -= VALUE_WEIGHT;
      reader.skip(type, number);
    }
  }
  return left;
}

function weighContent(content: Content, scale: Scale, weight: number): number {
  const { reader, perByte } = scale;
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError("a field is longer than its message");
  if (typeof content === "object") return weigh(content, scale, end, weight - MESSAGE_WEIGHT);
  reader.pos = end;
  return weight - (content === "packed" ? length * PACKED_WEIGHT : VALUE_WEIGHT + length * perByte);
}

function fieldsOf(schema: DescMessage): Fields {
  const known = fieldsOfSchemas.get(schema);
  if (known) return known;
  const made = new Map(schema.fields.map((field) => [field.number, contentOf(field)]));
  fieldsOfSchemas.set(schema, made);
  return made;
}

function contentOf(field: DescMessage["fields"][number]): Content {
  if (field.fieldKind === "message") return fieldsOf(field.message);
  if (field.fieldKind === "map") {
    const value: Content = field.mapKind === "message" ? fieldsOf(field.message) : "value";
    return new Map([
      [1, "value"],
      [2, value],
    ]);
  }
  if (field.fieldKind !== "list") return "value";
  if (field.listKind === "message") return fieldsOf(field.message);
  return field.packed ? "packed" : "value";
}

function tooHeavy({ typeName }: DescMessage): TtrpcRefusal {
  return new TtrpcRefusal("RESOURCE_EXHAUSTED", `${typeName} has more entries than a plugin takes`);
}
