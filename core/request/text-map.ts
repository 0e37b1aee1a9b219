import { firstDouble } from "../double";
import { MAX_ITEMS } from "../json/path";
import { Json } from "../json/read";
import { List } from "../list";
import { Text } from "../text";

/** Names with a text each, in the order in which they stood. */
@final @unmanaged
export class TextMap {
  names: List<Text> = new List<Text>();
  values: List<Text> = new List<Text>();

  set(name: Text, value: Text): void {
    this.names.push(name);
    this.values.push(value);
  }

  /** The text of a name; null where there is none. */
  get(name: string): Text | null {
    for (let i = 0; i < this.names.length; i++) {
      if (this.names[i].is(name)) return this.values[i];
    }
    return null;
  }
}

/** An object of texts by names that all differ. */
export function readTextMap(json: Json): TextMap {
  const map = new TextMap();
  json.object();
  while (json.field()) {
    const name = json.key();
    if (map.names.length == MAX_ITEMS) json.refuse("too-many", Text.ofNumber(MAX_ITEMS));
    map.set(name, json.text());
  }
  const double = firstDouble(map.names);
  if (double >= 0) json.refuseField(map.names[double], "duplicate-field");
  return map;
}
