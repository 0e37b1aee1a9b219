import { JsonReader } from "../json/read";
import { List } from "../list";
import { Text } from "../text";
import { readName } from "./values";

/** A copy in the guest that several containers of the sandbox use. */
@final @unmanaged
export class CopiedSource {
  name: Text = Text.empty;
  source: Text = Text.empty;
}

/** Reads the field "copied". */
export function readCopied(json: JsonReader): List<CopiedSource> {
  const copies: List<CopiedSource> = new List<CopiedSource>();
  json.array();
  while (json.item()) copies.push(readCopiedSource(json));
  return copies;
}

function readCopiedSource(json: JsonReader): CopiedSource {
  const copy = new CopiedSource();
  let hasSource = false;
  json.object();
  while (json.field()) {
    if (json.is("name")) copy.name = readName(json);
    else if (json.is("source")) {
      copy.source = json.text();
      hasSource = true;
    } else json.unknownField();
  }
  json.require(copy.name.length > 0, "name");
  json.require(hasSource, "source");
  return copy;
}
