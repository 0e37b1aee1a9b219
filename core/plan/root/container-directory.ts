import * as directories from "../directories";
import { join } from "../path";
import { Container } from "../request/container";
import { mkdir } from "../step";
import { Text } from "../text";
import { Plan } from "./plan";
import { DIRECTORY_MODE } from "./sandbox";

/** The container's directory in the hub, and the root's in it: where the guest mounts something that is none of ours. */
export function planDirectories(plan: Plan, container: Container): Text {
  const directory = join(directories.hub(plan.directory), container.id);
  plan.add(mkdir(directory, DIRECTORY_MODE));
  if (container.rootfsSuffix.length > 0) plan.add(mkdir(join(directory, container.rootfsSuffix), DIRECTORY_MODE));
  return directory;
}
