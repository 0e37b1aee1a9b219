import { JsonWriter } from "./json/write";
import { Order } from "./order";
import { TextMap } from "./request/text-map";

/** Writes a map as Go's json.Marshal does, sorted by the bytes of its names. If a name occurs twice, the later value wins. */
export function writeGoMap(to: JsonWriter, map: TextMap): void {
  const names = map.names;
  const order = new Order(names, false);
  let count = 0;
  for (let i = 0; i < names.length; i++) {
    const index = order[i];
    if (i + 1 < names.length && names[order[i + 1]].equals(names[index])) continue;
    to.raw(count++ == 0 ? "{" : ",").escaped(names[index], true).raw(":").escaped(map.values[index], true);
  }
  to.raw(count == 0 ? "{}" : "}");
}
