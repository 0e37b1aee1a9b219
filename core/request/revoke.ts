import { JsonReader } from "../json/read";
import { List } from "../list";
import { isName } from "../path";
import { Text } from "../text";

/** Reads the names of shares that the host found in the hub: `name` or `container/name`. */
export function readRevoke(json: JsonReader): List<Text> {
  const shares: List<Text> = new List<Text>();
  json.array();
  while (json.item()) {
    const share = json.text();
    if (!isNameInHub(share)) json.refuse("bad-name", share);
    shares.push(share);
  }
  return shares;
}

function isNameInHub(text: Text): bool {
  for (let i = 0; i < text.length; i++) {
    if (text.at(i) == 0x2f) return isName(text.slice(0, i)) && isName(text.from(i + 1));
  }
  return isName(text);
}
