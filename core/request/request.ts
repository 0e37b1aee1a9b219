import { List } from "../list";
import { Json } from "../json/read";
import { refuse } from "../refusal";
import { isRandom } from "../share-name";
import { Text } from "../text";
import { Container, readContainer } from "./container";
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

/** What is asked: an operation, and the fields that it needs. */
@final @unmanaged
export class Request {
  op: Op = Op.Prepare;
  hasOp: bool = false;
  sandbox: Sandbox | null = null;
  container: Container | null = null;
  mount: Mount | null = null;
  /** One for each mount. */
  random: List<Text> = new List<Text>();
  hasRandom: bool = false;
  randomIsList: bool = false;
  held: List<HeldShare> = new List<HeldShare>();
  hasHeld: bool = false;
  hasRevoke: bool = false;
  revoke: List<Text> = new List<Text>();
  hasRafs: bool = false;
  rafs: List<Text> = new List<Text>();
}

/** The request that the cursor's bytes hold; refused unless it has just the fields of its operation. */
export function readRequest(json: Json): Request {
  const request = new Request();
  json.object();
  while (json.field()) {
    if (json.is("op")) {
      request.op = readWord(json, OPS);
      request.hasOp = true;
    } else if (json.is("sandbox")) request.sandbox = readSandbox(json);
    else if (json.is("container")) request.container = readContainer(json);
    else if (json.is("mount")) request.mount = readMount(json);
    else if (!readRest(json, request)) json.unknownField();
  }
  if (json.finish()) checkFields(request);
  return request;
}

function readRest(json: Json, request: Request): bool {
  if (json.is("random")) {
    request.randomIsList = json.isArray();
    request.random = readRandom(json, request.randomIsList);
    request.hasRandom = true;
  } else if (json.is("held")) {
    request.held = readHeld(json);
    request.hasHeld = true;
  } else if (json.is("revoke")) {
    request.revoke = readRevoke(json);
    request.hasRevoke = true;
  } else if (json.is("rafs")) {
    request.rafs = readIds(json);
    request.hasRafs = true;
  } else return false;
  return true;
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

function checkFields(request: Request): void {
  const op = request.op;
  const isFile = op == Op.ShareFile || op == Op.UnshareFile;
  const isContainer = op == Op.ShareContainer || op == Op.UnshareContainer;
  needs("op", true, request.hasOp);
  needs("sandbox", true, request.sandbox != null);
  needs("container", op != Op.Prepare && op != Op.Cleanup, request.container != null);
  needs("mount", isFile, request.mount != null);
  needs("random", op == Op.ShareFile || op == Op.ShareContainer, request.hasRandom);
  if (op == Op.ShareFile && request.randomIsList) refuse("wrong-type", Text.of("string"), Text.of("random"));
  if (op == Op.ShareContainer && !request.randomIsList) refuse("wrong-type", Text.of("array"), Text.of("random"));
  allows("held", isFile || isContainer, request.hasHeld);
  allows("revoke", op == Op.Cleanup, request.hasRevoke);
  allows("rafs", op == Op.Cleanup, request.hasRafs);
}

function allows(field: string, allowed: bool, present: bool): void {
  if (present && !allowed) refuseField("unknown-field", field);
}

function needs(field: string, wanted: bool, present: bool): void {
  if (wanted && !present) refuseField("missing-field", field);
  if (!wanted && present) refuseField("unknown-field", field);
}

function refuseField(code: string, field: string): void {
  refuse(code, Text.of(field), Text.of(field));
}
