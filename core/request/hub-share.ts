import { List } from "../list";
import { Json } from "../json/read";
import { isName } from "../path";
import { Text } from "../text";
import { readAttributes } from "./facts";
import { readUpTo } from "./values";

const MAX_MODE: i64 = 0o7777;

/** A mount in the hub that containers of the sandbox share. */
@final @unmanaged
export class HeldShare {
  name: Text = Text.empty;
  /** Empty where nothing is mounted. */
  identity: Text = Text.empty;
  attributes: u32 = 0;
  mode: i64 = -1;
  users: List<Text> = new List<Text>();

  /** Whether somebody else uses it. */
  isUsedBesides(container: Text): bool {
    for (let i = 0; i < this.users.length; i++) {
      if (!this.users[i].equals(container)) return true;
    }
    return false;
  }

  isUsedBy(container: Text): bool {
    for (let i = 0; i < this.users.length; i++) {
      if (this.users[i].equals(container)) return true;
    }
    return false;
  }
}

export function readHeld(json: Json): List<HeldShare> {
  const shares: List<HeldShare> = new List<HeldShare>();
  json.array();
  while (json.item()) shares.push(readHeldShare(json));
  return shares;
}

function readHeldShare(json: Json): HeldShare {
  const share = new HeldShare();
  let hasAttributes = false;
  let hasUsers = false;
  json.object();
  while (json.field()) {
    if (json.is("name")) share.name = readName(json);
    else if (json.is("identity")) share.identity = json.text();
    else if (json.is("attributes")) {
      share.attributes = readAttributes(json);
      hasAttributes = true;
    } else if (json.is("mode")) share.mode = readUpTo(json, MAX_MODE);
    else if (json.is("users")) {
      share.users = readNames(json);
      hasUsers = true;
    } else json.unknownField();
  }
  json.require(share.name.length > 0, "name");
  json.require(hasAttributes, "attributes");
  json.require(share.mode >= 0, "mode");
  json.require(hasUsers, "users");
  return share;
}

/** The name of one file. */
export function readName(json: Json): Text {
  const name = json.text();
  if (!isName(name)) json.refuse("bad-name", name);
  return name;
}

function readNames(json: Json): List<Text> {
  const names: List<Text> = new List<Text>();
  json.array();
  while (json.item()) names.push(readName(json));
  return names;
}
