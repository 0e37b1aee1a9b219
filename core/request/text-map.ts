import { firstDuplicate } from "../duplicates";
import { MAX_ITEMS } from "../json/path";
import { JsonReader } from "../json/read";
import { List } from "../list";
import { Text } from "../text";

/** A text for each of some names, in the order of the request. */
@final @unmanaged
export class TextMap {
  names: List<Text> = new List<Text>();
  values: List<Text> = new List<Text>();

  /** Adds a name, which may be there already. */
  add(name: Text, value: Text): void {
    this.names.push(name);
    this.values.push(value);
  }

  /** The text of a name; null if the map lacks the name. */
  get(name: string): Text | null {
    for (let i = 0; i < this.names.length; i++) {
      if (this.names[i].is(name)) return this.values[i];
    }
    return null;
  }
}

/** Reads an object of strings. Its names have to differ. */
export function readTextMap(json: JsonReader): TextMap {
  const map = new TextMap();
  json.object();
  while (json.field()) {
    const name = json.key();
    if (map.names.length == MAX_ITEMS) json.refuse("too-many", Text.ofNumber(MAX_ITEMS));
    map.add(name, json.text());
  }
  const duplicate = firstDuplicate(map.names);
  if (duplicate >= 0) json.refuseField(map.names[duplicate], "duplicate-field");
  return map;
}
