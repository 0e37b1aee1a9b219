import { List } from "../list";
import { Json } from "../json/read";
import { refuse } from "../refusal";
import { isRandom } from "../share-name";
import { Text } from "../text";
import { Container, readContainer } from "./container";
import { CopiedSource, readCopied } from "./copied";
import { HeldShare, readHeld } from "./held";
import { readIds } from "./id";
import { Mount, readMount } from "./mount";
import { readRevoke } from "./revoke";
import { readSandbox, Sandbox } from "./sandbox";
import { readWord } from "./values";

export enum Op {
  Prepare,
  Cleanup,
  ShareFile,
  UnshareFile,
  ShareRootFilesystem,
  UnshareRootFilesystem,
  ShareContainer,
  UnshareContainer,
}
const OPS: StaticArray<string> = [
  "prepare",
  "cleanup",
  "shareFile",
  "unshareFile",
  "shareRootFilesystem",
  "unshareRootFilesystem",
  "shareContainer",
  "unshareContainer",
];

// The fields of a request, and of each operation which ones it needs, and which ones it may have: bits in this order.
enum Field { Op, Sandbox, Container, Mount, Random, Held, Revoke, Rafs, Copied }
const FIELDS: StaticArray<string> = [
  "op",
  "sandbox",
  "container",
  "mount",
  "random",
  "held",
  "revoke",
  "rafs",
  "copied",
];
const NEEDED: StaticArray<u8> = [0b11, 0b11, 0b11111, 0b1111, 0b111, 0b111, 0b10111, 0b111];
const ALLOWED: StaticArray<u16> = [0b11, 0b11000011, 0b100111111, 0b101111, 0b111, 0b111, 0b100110111, 0b100111];

/** What is asked: an operation, and the fields that it needs. */
@final @unmanaged
export class Request {
  op: Op = Op.Prepare;
  sandbox: Sandbox | null = null;
  container: Container | null = null;
  mount: Mount | null = null;
  /** One for each mount. */
  random: List<Text> = new List<Text>();
  /** Null where the request says nothing of what the hub holds. */
  held: List<HeldShare> | null = null;
  /** What containers have together of what was copied. */
  copied: List<CopiedSource> = new List<CopiedSource>();
  revoke: List<Text> = new List<Text>();
  rafs: List<Text> = new List<Text>();
}

/** The request that the cursor's bytes hold; refused unless it has just the fields of its operation. */
export function readRequest(json: Json): Request {
  const request = new Request();
  let fields = 0;
  let randomIsList = false;
  json.object();
  while (json.field()) {
    let field = 0;
    while (field < FIELDS.length && !json.is(unchecked(FIELDS[field]))) field += 1;
    fields |= 1 << field;
    switch (field) {
      case Field.Op: request.op = readWord(json, OPS); break;
      case Field.Sandbox: request.sandbox = readSandbox(json); break;
      case Field.Container: request.container = readContainer(json); break;
      case Field.Mount: request.mount = readMount(json); break;
      case Field.Random:
        randomIsList = json.isArray();
        request.random = readRandom(json, randomIsList);
        break;
      case Field.Held: request.held = readHeld(json); break;
      case Field.Revoke: request.revoke = readRevoke(json); break;
      case Field.Copied: request.copied = readCopied(json); break;
      case Field.Rafs: request.rafs = readIds(json); break;
      default: json.unknownField();
    }
  }
  if (json.finish()) checkFields(request.op, fields, randomIsList);
  return request;
}

// One for a mount, or a list with one for each.
function readRandom(json: Json, isList: bool): List<Text> {
  const random: List<Text> = new List<Text>();
  if (!isList) {
    random.push(readOneRandom(json));
    return random;
  }
  json.array();
  while (json.item()) random.push(readOneRandom(json));
  return random;
}

function readOneRandom(json: Json): Text {
  const random = json.text();
  if (!isRandom(random)) json.refuse("bad-random", random);
  return random;
}

function checkFields(op: Op, fields: i32, randomIsList: bool): void {
  const missing = unchecked(NEEDED[op]) & ~fields;
  const wrong = missing | (fields & ~unchecked(ALLOWED[op]));
  if (wrong != 0) {
    const field = ctz(wrong);
    const name = Text.of(unchecked(FIELDS[field]));
    refuse((missing >> field) & 1 ? "missing-field" : "unknown-field", name, name);
  }
  const wantsList = op == Op.ShareContainer;
  if (randomIsList != wantsList && (op == Op.ShareFile || wantsList)) {
    refuse("wrong-type", Text.of(wantsList ? "array" : "string"), Text.of("random"));
  }
}
