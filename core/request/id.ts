import { JsonReader } from "../json/read";
import { List } from "../list";
import { NAME_MAX } from "../path";
import { SHARE_NAME_EXTRA } from "../share-name";
import { Text } from "../text";

// The names of the sandbox's own directories, which are in the hub and in the guest beside those of containers.
const RESERVED: StaticArray<string> = ["sandbox-mounts", "watchable", "sandbox", "rafs"];

/** Reads the id of a sandbox or a container, which becomes the name of a directory and the owner in names of shares. */
export function readId(json: JsonReader): Text {
  const id = json.text();
  if (!isId(id)) json.refuse("bad-id", id);
  if (id.indexIn(RESERVED) >= 0) json.refuse("reserved-id", id);
  return id;
}

/** Reads an array of ids. */
export function readIds(json: JsonReader): List<Text> {
  const ids: List<Text> = new List<Text>();
  json.array();
  while (json.item()) ids.push(readId(json));
  return ids;
}

// The characters are those of Kata's VerifyContainerID. The length leaves bytes for the other parts of a share's name.
function isId(id: Text): bool {
  if (id.length == 0 || id.length > NAME_MAX - SHARE_NAME_EXTRA) return false;
  for (let i = 0; i < id.length; i++) {
    if (!isIdCharacter(id.at(i), i == 0)) return false;
  }
  return true;
}

@inline
function isIdCharacter(byte: u8, first: bool): bool {
  const isLetter = (byte | 0x20) >= 97 && (byte | 0x20) <= 122;
  if (isLetter || (byte >= 48 && byte <= 57)) return true;
  return !first && (byte == 0x5f || byte == 0x2e || byte == 0x2d);
}
