import { List } from "../list";
import { Json } from "../json/read";
import { isName } from "../path";
import { Text } from "../text";

/** Names of shares as the host found them in the hub: `name`, or `container/name`. */
export function readRevoke(json: Json): List<Text> {
  const shares: List<Text> = new List<Text>();
  json.array();
  while (json.item()) {
    const share = json.text();
    if (!isShare(share)) json.refuse("bad-name", share);
    shares.push(share);
  }
  return shares;
}

function isShare(text: Text): bool {
  for (let i = 0; i < text.length; i++) {
    if (text.at(i) == 0x2f) return isName(text.slice(0, i)) && isName(text.from(i + 1));
  }
  return isName(text);
}
