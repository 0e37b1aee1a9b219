import * as directories from "../../directories";
import { join } from "../../path";
import { Container } from "../../request/container";
import { mkdir } from "../../step";
import { Text } from "../../text";
import { Plan } from "../plan";

/** Plans the container's directory in the hub, and in it the directory on which the guest mounts the root filesystem. */
export function planContainerDirectory(plan: Plan, container: Container): Text {
  const directory = join(directories.hub(plan.directory), container.id);
  plan.add(mkdir(directory, directories.DIRECTORY_MODE));
  if (container.rootfsSuffix.length > 0) plan.add(mkdir(join(directory, container.rootfsSuffix), directories.DIRECTORY_MODE));
  return directory;
}
