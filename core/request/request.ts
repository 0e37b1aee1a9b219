import { JsonReader } from "../json/read";
import { List } from "../list";
import { refuse } from "../refusal";
import { isRandom } from "../share-name";
import { Step } from "../step";
import { Text } from "../text";
import { Container, readContainer } from "./container";
import { CopiedSource, readCopied } from "./copied";
import { Difference, readDifferences } from "./difference";
import { HubShare, readHubShares } from "./hub-share";
import { readIds } from "./id";
import { Mount, readMount } from "./mount";
import { readRevoke } from "./revoke";
import { readSandbox, Sandbox } from "./sandbox";
import { readShareSteps } from "./share-step";
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
  Mend,
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
  "mend",
];

// The fields of a request. For each operation, NEEDED and ALLOWED have a bit for each field, in this order.
enum Field { Op, Sandbox, Container, Mount, Random, Held, Revoke, Rafs, Copied, Differences, Steps }
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
  "differences",
  "steps",
];
const NEEDED: StaticArray<u16> = [0b11, 0b11, 0b11111, 0b1111, 0b111, 0b111, 0b10111, 0b111, 0b1000000011];
const ALLOWED: StaticArray<u16> = [
  0b11,
  0b11000011,
  0b100111111,
  0b101111,
  0b111,
  0b111,
  0b100110111,
  0b100111,
  0b11000000011,
];

/** A request: an operation and its fields. */
@final @unmanaged
export class Request {
  op: Op = Op.Prepare;
  sandbox: Sandbox | null = null;
  container: Container | null = null;
  mount: Mount | null = null;
  /** 16 hex digits for each mount. */
  random: List<Text> = new List<Text>();
  /** The field "held"; null if the request has none. */
  hubShares: List<HubShare> | null = null;
  /** The copies in the guest that several containers of the sandbox use. */
  copied: List<CopiedSource> = new List<CopiedSource>();
  revoke: List<Text> = new List<Text>();
  rafs: List<Text> = new List<Text>();
  /** What a sandbox has otherwise than it should. */
  differences: List<Difference> = new List<Difference>();
  /** The steps by which its shares were made. */
  steps: List<Step> = new List<Step>();
}

/** Reads a request. It is refused if it lacks a field of its operation, or has another one. */
export function readRequest(json: JsonReader): Request {
  const request = new Request();
  let fields = 0;
  let isRandomList = false;
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
        isRandomList = json.isArray();
        request.random = readRandom(json, isRandomList);
        break;
      case Field.Held: request.hubShares = readHubShares(json); break;
      case Field.Revoke: request.revoke = readRevoke(json); break;
      case Field.Copied: request.copied = readCopied(json); break;
      case Field.Rafs: request.rafs = readIds(json); break;
      case Field.Differences: request.differences = readDifferences(json); break;
      case Field.Steps: request.steps = readShareSteps(json); break;
      default: json.unknownField();
    }
  }
  if (json.finish()) checkFields(request.op, fields, isRandomList);
  return request;
}

// A string for one mount, or an array with a string for each mount.
function readRandom(json: JsonReader, isList: bool): List<Text> {
  const random: List<Text> = new List<Text>();
  if (!isList) {
    random.push(readOneRandom(json));
    return random;
  }
  json.array();
  while (json.item()) random.push(readOneRandom(json));
  return random;
}

function readOneRandom(json: JsonReader): Text {
  const random = json.text();
  if (!isRandom(random)) json.refuse("bad-random", random);
  return random;
}

function checkFields(op: Op, fields: i32, isRandomList: bool): void {
  const missing = unchecked(NEEDED[op]) & ~fields;
  const wrong = missing | (fields & ~unchecked(ALLOWED[op]));
  if (wrong != 0) {
    const field = ctz(wrong);
    const name = Text.of(unchecked(FIELDS[field]));
    refuse((missing >> field) & 1 ? "missing-field" : "unknown-field", name, name);
  }
  const wantsList = op == Op.ShareContainer;
  if (isRandomList != wantsList && (op == Op.ShareFile || wantsList)) {
    refuse("wrong-type", Text.of(wantsList ? "array" : "string"), Text.of("random"));
  }
}
