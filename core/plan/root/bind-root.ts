import { READ_ONLY } from "../../attributes";
import * as directories from "../../directories";
import { join } from "../../path";
import { Container } from "../../request/container";
import { SourceKind } from "../../request/facts";
import { RequestLocation } from "../../request/location";
import { RootFs } from "../../request/root-fs";
import { bind, mkdir, Step } from "../../step";
import { Text } from "../../text";
import { BindOptions, parseBindOptions } from "../bind-options";
import { Plan } from "../plan";
import { sourceOf } from "../source-path";
import { checkActivated } from "./mount-manager";
import { lastOptionWith } from "./root-kind";

/** Plans the share of a root filesystem that is a directory of the host. */
export function planBindRoot(plan: Plan, container: Container): void {
  const directory = join(directories.hub(plan.directory), container.id);
  plan.add(mkdir(directory, directories.DIRECTORY_MODE));
  // Kata binds at the literal name "rootfs", and uses the suffix only in the guest's path.
  plan.add(bindStep(container, join(directory, Text.of("rootfs"))));
}

function bindStep(container: Container, target: Text): Step {
  const rootFs = container.rootFs;
  const location = new RequestLocation("container.rootFs");
  checkActivated(rootFs, location);
  const source = sourceOf(container.bundle, rootFs.target, location, "target");
  const kind = rootFs.facts.kind;
  if (kind == SourceKind.Missing) location.refuse("missing-source", source, "target");
  else if (kind != SourceKind.Directory && kind != SourceKind.Unknown) location.refuse("not-a-directory", source, "target");
  const options = shareOptions(rootFs, location);
  return bind(source, target, options.recursive, options.attributes);
}

// The mount at the target exists already. The options of a bind hold for the share, too. Options of another type were used up
// when the mount was made, and so were those of a bind whose ids containerd mapped: of them only "ro" and "rbind" count.
function shareOptions(rootFs: RootFs, location: RequestLocation): BindOptions {
  const isMapped = lastOptionWith(rootFs, "uidmap=") >= 0 || lastOptionWith(rootFs, "gidmap=") >= 0;
  const isBind = rootFs.type.length == 0 || rootFs.type.is("bind");
  if (isBind && !isMapped) return parseBindOptions(rootFs.options, location);
  const options = new BindOptions();
  for (let i = 0; i < rootFs.options.length; i++) {
    if (rootFs.options[i].is("ro")) options.attributes = READ_ONLY;
    else if (isMapped && rootFs.options[i].is("rbind")) options.recursive = true;
  }
  return options;
}
