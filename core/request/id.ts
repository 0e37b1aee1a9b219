import { List } from "../list";
import { Json } from "../json/read";
import { SHARE_NAME_EXTRA } from "../share-name";
import { NAME_MAX } from "../path";
import { Text } from "../text";

// What the sandbox's own directories are called, in the hub and in the guest, beside those of containers.
const RESERVED: StaticArray<string> = ["sandbox-mounts", "watchable", "sandbox", "rafs"];

/** The id of a sandbox or of a container: it becomes the name of a directory, and the beginning of a share's name. */
export function readId(json: Json): Text {
  const id = json.text();
  if (!isId(id)) json.refuse("bad-id", id);
  if (id.placeIn(RESERVED) >= 0) json.refuse("reserved-id", id);
  return id;
}

/** Ids of containers. */
export function readIds(json: Json): List<Text> {
  const ids: List<Text> = new List<Text>();
  json.array();
  while (json.item()) ids.push(readId(json));
  return ids;
}

// Kata's VerifyContainerID has the same letters; the length leaves a share's name room for its other parts.
function isId(id: Text): bool {
  if (id.length == 0 || id.length > NAME_MAX - SHARE_NAME_EXTRA) return false;
  for (let i = 0; i < id.length; i++) {
    if (!isIdLetter(id.at(i), i == 0)) return false;
  }
  return true;
}

@inline
function isIdLetter(byte: u8, first: bool): bool {
  const isLetter = (byte | 0x20) >= 97 && (byte | 0x20) <= 122;
  if (isLetter || (byte >= 48 && byte <= 57)) return true;
  return !first && (byte == 0x5f || byte == 0x2e || byte == 0x2d);
}
