import { JsonReader } from "../json/read";
import { List } from "../list";
import { Text } from "../text";
import { readAttributes } from "./facts";
import { readName, readNames, readUpTo } from "./values";

/** The largest mode of a file. */
export const MAX_MODE: i64 = 0o7777;

/** A share that the hub has, for all containers of the sandbox. */
@final @unmanaged
export class HubShare {
  name: Text = Text.empty;
  /** Empty if nothing is mounted. */
  identity: Text = Text.empty;
  attributes: u32 = 0;
  mode: i64 = -1;
  users: List<Text> = new List<Text>();

  /** Whether another container uses the share. */
  isUsedByOthers(container: Text): bool {
    for (let i = 0; i < this.users.length; i++) {
      if (!this.users[i].equals(container)) return true;
    }
    return false;
  }

  /** Whether this container uses the share. */
  isUsedBy(container: Text): bool {
    for (let i = 0; i < this.users.length; i++) {
      if (this.users[i].equals(container)) return true;
    }
    return false;
  }
}

/** Reads the field "held". */
export function readHubShares(json: JsonReader): List<HubShare> {
  const shares: List<HubShare> = new List<HubShare>();
  json.array();
  while (json.item()) shares.push(readHubShare(json));
  return shares;
}

function readHubShare(json: JsonReader): HubShare {
  const share = new HubShare();
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
