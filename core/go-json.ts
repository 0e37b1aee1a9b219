import { JsonWriter } from "./json/write";
import { Order } from "./order";
import { TextMap } from "./request/text-map";

/** Writes a map as Go's json.Marshal does: sorted by the names' bytes. Of two texts of one name the later counts. */
export function writeGoMap(to: JsonWriter, map: TextMap): void {
  const names = map.names;
  const order = new Order(names, false);
  let count = 0;
  for (let i = 0; i < names.length; i++) {
    const place = order[i];
    if (i + 1 < names.length && names[order[i + 1]].equals(names[place])) continue;
    to.raw(count++ == 0 ? "{" : ",").escaped(names[place], true).raw(":").escaped(map.values[place], true);
  }
  to.raw(count == 0 ? "{}" : "}");
}
