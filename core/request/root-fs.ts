import { JsonReader } from "../json/read";
import { List } from "../list";
import { Text } from "../text";
import { readFacts, SourceFacts } from "./facts";
import { readTexts } from "./values";

/** The mount of a container's root filesystem (containerd's Mount). */
@final @unmanaged
export class RootFs {
  source: Text | null = null;
  target: Text | null = null;
  type: Text = Text.empty;
  options: List<Text> = new List<Text>();
  readonly facts: SourceFacts = new SourceFacts();
}

/** Reads the mount of a root filesystem. */
export function readRootFs(json: JsonReader): RootFs {
  const rootFs = new RootFs();
  json.object();
  while (json.field()) {
    if (json.is("source")) rootFs.source = json.text();
    else if (json.is("target")) rootFs.target = json.text();
    else if (json.is("type")) rootFs.type = json.text();
    else if (json.is("options")) rootFs.options = readTexts(json);
    else if (json.is("facts")) readFacts(json, rootFs.facts);
    else json.unknownField();
  }
  return rootFs;
}
