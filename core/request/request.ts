import { List } from "../list";
import { Json } from "../json/read";
import { refuse } from "../refusal";
import { isRandom } from "../share-name";
import { Text } from "../text";
import { Container, readContainer } from "./container";
import { Mount, readMount } from "./mount";
import { readRevoke } from "./revoke";
import { readSandbox, Sandbox } from "./sandbox";
import { readWord } from "./values";

export enum Op { Prepare, Cleanup, ShareFile, UnshareFile, ShareRootFilesystem, UnshareRootFilesystem }
const OPS: StaticArray<string> = [
  "prepare",
  "cleanup",
  "shareFile",
  "unshareFile",
  "shareRootFilesystem",
  "unshareRootFilesystem",
];

/** What is asked: an operation, and the fields that it needs. */
@final @unmanaged
export class Request {
  op: Op = Op.Prepare;
  hasOp: bool = false;
  sandbox: Sandbox | null = null;
  container: Container | null = null;
  mount: Mount | null = null;
  random: Text | null = null;
  hasRevoke: bool = false;
  revoke: List<Text> = new List<Text>();
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
    else if (json.is("random")) request.random = readRandom(json);
    else if (json.is("revoke")) {
      request.revoke = readRevoke(json);
      request.hasRevoke = true;
    } else json.unknownField();
  }
  if (json.finish()) checkFields(request);
  return request;
}

function readRandom(json: Json): Text {
  const random = json.text();
  if (!isRandom(random)) json.refuse("bad-random", random);
  return random;
}

function checkFields(request: Request): void {
  const op = request.op;
  const isFile = op == Op.ShareFile || op == Op.UnshareFile;
  const isRoot = op == Op.ShareRootFilesystem || op == Op.UnshareRootFilesystem;
  needs("op", true, request.hasOp);
  needs("sandbox", true, request.sandbox != null);
  needs("container", isFile || isRoot, request.container != null);
  needs("mount", isFile, request.mount != null);
  needs("random", op == Op.ShareFile, request.random != null);
  if (request.hasRevoke && op != Op.Cleanup) refuseField("unknown-field", "revoke");
}

function needs(field: string, wanted: bool, present: bool): void {
  if (wanted && !present) refuseField("missing-field", field);
  if (!wanted && present) refuseField("unknown-field", field);
}

function refuseField(code: string, field: string): void {
  refuse(code, Text.of(field), Text.of(field));
}
