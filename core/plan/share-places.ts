import { inArray } from "../json/path";
import { List } from "../list";
import { isName, relativeTo } from "../path";
import { refuse } from "../refusal";
import { Step, StepOp } from "../step";
import { Text } from "../text";

const SLASH: u8 = 0x2f;

/** The first one or two names of a path in the hub: a share has no more. */
export function firstNames(path: Text, count: i32): Text {
  for (let i = 0; i < path.length; i++) {
    if (path.at(i) != SLASH) continue;
    count -= 1;
    if (count == 0) return path.slice(0, i);
  }
  return path;
}

/** Whether a path in the hub is the file of a container that uses a share: ".users/<share>/<container>". */
export function isUserFile(path: Text): bool {
  const share = sharePart(path);
  return share.length > 0 && path.length > share.length + USERS_LENGTH;
}

/**
 * The name in the hub of the share that a step makes, or says who uses it; empty for a step that makes a directory. A step
 * that changes anything outside of the hub is refused, and so is one that no plan has in it.
 */
export function shareOf(step: Step, index: i32, hub: Text): Text {
  const path = relativeTo(hub, step.target);
  if (path == null || !hasPlace(step.op, path)) {
    const field = step.op == StepOp.Bind ? ".target" : ".path";
    refuse("outside-sandbox", step.target, inArray(Text.of("steps"), index).append(field));
    return Text.empty;
  }
  if (step.op == StepOp.Mkdir) return Text.empty;
  return step.op == StepOp.Use ? sharePart(path) : path;
}

const USERS_LENGTH: i32 = 7;

// The share in ".users/<share>/<container>"; empty in any other path.
function sharePart(path: Text): Text {
  const share = path.startsWith(".users/") ? firstNames(path.from(USERS_LENGTH), 1) : Text.empty;
  return share.length + USERS_LENGTH < path.length ? share : Text.empty;
}

// A directory and a share have one name in the hub or two, a user's file three.
function hasPlace(op: StepOp, path: Text): bool {
  const share = sharePart(path);
  if (op == StepOp.Use) return isName(share) && isName(path.from(USERS_LENGTH + share.length + 1));
  if (share.length > 0) return false;
  const first = firstNames(path, 1);
  if (first.length == path.length) return isName(path);
  return isName(first) && isName(path.from(first.length + 1));
}
