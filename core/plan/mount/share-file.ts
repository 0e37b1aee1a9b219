import * as directories from "../../directories";
import { List } from "../../list";
import { isName, join, relativeTo } from "../../path";
import { isPlacedName, isPlacedOf } from "../../placed-name";
import { refuse } from "../../refusal";
import { Container } from "../../request/container";
import { CopiedSource } from "../../request/copied";
import { HubShare } from "../../request/hub-share";
import { RequestLocation } from "../../request/location";
import { Mount } from "../../request/mount";
import { Sandbox } from "../../request/sandbox";
import { isSandboxShare, isShareName, isShareOf, shareName } from "../../share-name";
import { bind, remove, umount } from "../../step";
import { Text } from "../../text";
import { Plan } from "../plan";
import { SharedFile } from "../shared-file";
import { Copies } from "./copies";
import { MountSource, sourceToCopy, sourceToShare } from "./mount-source";
import { placedShareName } from "./placed-share";
import { release, Shares } from "./shares";
import { isBind, isSpecial } from "./volume-kind";

/**
 * Plans the share of a file or directory, or its copy if the sandbox shares nothing. With `hubShares`, all containers of the
 * sandbox use one share of a source. Without, this container gets one of its own, which may have the
 * name of its place.
 */
export function shareFile(
  sandbox: Sandbox,
  container: Container,
  mount: Mount,
  random: Text,
  hubShares: List<HubShare> | null,
  copied: List<CopiedSource>,
): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  // Checked first, because other fields mean something else in a mount of another type.
  if (!isBind(mount)) refuse("unsupported-type", mount.type, Text.of("mount.type"));
  const isDisk = mount.blockDrive != null || mount.directVolume != null;
  if (isDisk) refuse("unsupported-type", Text.of("block"), Text.of("mount"));
  const location = new RequestLocation("mount");
  if (!sandbox.sharesFilesystem()) {
    plan.isIgnored = isSpecial(mount.facts.kind);
    if (plan.isIgnored) return plan;
    const copies = new Copies(plan, sandbox, container.id);
    copies.add(listOf(sourceToCopy(container.bundle, mount, random, location)), copied);
    plan.shared = copies.files[0];
    return plan;
  }
  const source = sourceToShare(container.bundle, mount, random, location);
  if (hubShares != null) {
    const shares = new Shares(plan, sandbox, container.id);
    shares.add(listOf(source), hubShares);
    plan.shared = shares.files[0];
    return plan;
  }
  const name = sandbox.namesPlaces
    ? placedShareName(sandbox, container, mount.destination, location)
    : shareName(container.id, random, mount.destination);
  const target = join(directories.hub(plan.directory), name);
  plan.shared = new SharedFile(join(directories.guestDirectory(sandbox), name));
  plan.shared!.hostPath = target;
  plan.add(bind(source.path, target, source.options.recursive, source.options.attributes, mount));
  return plan;
}

function listOf(source: MountSource): List<MountSource> {
  const sources: List<MountSource> = new List<MountSource>();
  sources.push(source);
  return sources;
}

/**
 * Plans to remove the share that `shareFile` mounted at `hostPath` for this container. A share of another container is refused.
 * A copy has no `hostPath`, and needs no steps. `hubShares` is null if nobody has looked into the hub.
 */
export function unshareFile(
  sandbox: Sandbox,
  container: Container,
  mount: Mount,
  hubShares: List<HubShare> | null,
): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  const location = new RequestLocation("mount");
  const hostPath = mount.hostPath;
  if (hostPath == null) {
    if (sandbox.sharesFilesystem()) location.lacks("hostPath");
    return plan;
  }
  const name = relativeTo(directories.hub(plan.directory), hostPath);
  if (name == null || !isName(name)) {
    location.refuse("outside-sandbox", hostPath, "hostPath");
    return plan;
  }
  if (isShareOf(container.id, name) || isPlacedOf(container.id, name)) return planUnmount(plan, hostPath);
  if (isSandboxShare(name)) return hubShares == null ? planUnmount(plan, hostPath) : planRelease(plan, hubShares, name, container.id);
  if (isShareName(name) || isPlacedName(name)) location.refuse("other-container", hostPath, "hostPath");
  return planUnmount(plan, hostPath);
}

// A share that this container does not use any more is gone already: the user is removed last.
function planRelease(plan: Plan, hubShares: List<HubShare>, name: Text, container: Text): Plan {
  for (let i = 0; i < hubShares.length; i++) {
    if (hubShares[i].name.equals(name) && hubShares[i].isUsedBy(container)) release(plan, hubShares[i], container);
  }
  return plan;
}

function planUnmount(plan: Plan, hostPath: Text): Plan {
  plan.add(umount(hostPath));
  plan.add(remove(hostPath));
  return plan;
}
