import { List } from "../list";
import { Json } from "../json/read";
import { Text } from "../text";
import { readTexts } from "./values";

/** A mount of a container (OCI runtime-spec), with what the host added to it. */
@final @unmanaged
export class Mount {
  source: Text | null = null;
  destination: Text = Text.empty;
  type: Text = Text.empty;
  options: List<Text> = new List<Text>();
  readOnly: bool = false;
  hostPath: Text | null = null;
}

export function readMount(json: Json): Mount {
  const mount = new Mount();
  json.object();
  while (json.field()) {
    if (json.is("source")) mount.source = json.text();
    else if (json.is("destination")) mount.destination = readDestination(json);
    else if (json.is("type")) mount.type = json.text();
    else if (json.is("options")) mount.options = readTexts(json);
    else if (json.is("readOnly")) mount.readOnly = json.boolean();
    else if (json.is("hostPath")) mount.hostPath = json.text();
    else json.unknownField();
  }
  json.require(mount.destination.length > 0, "destination");
  return mount;
}

function readDestination(json: Json): Text {
  const destination = json.text();
  if (destination.length == 0) json.refuse("empty", null);
  return destination;
}
