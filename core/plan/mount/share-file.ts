import * as directories from "../directories";
import { List } from "../list";
import { below, isName, join } from "../path";
import { Place } from "../place";
import { refuse } from "../refusal";
import { Container } from "../request/container";
import { CopiedSource } from "../request/copied";
import { HeldShare } from "../request/held";
import { Mount } from "../request/mount";
import { Sandbox } from "../request/sandbox";
import { isSandboxShare, isShareName, isShareOf, shareName } from "../share-name";
import { bind, remove, umount } from "../step";
import { Text } from "../text";
import { Copies } from "./copies";
import { Plan } from "./plan";
import { SharedFile } from "./shared-file";
import { copyOf, Share, shareOf } from "./share";
import { release, Shares } from "./shares";
import { isBind, isSpecial } from "./volume-kind";

/**
 * A file or directory of the host under a name of its own: mounted in the hub, or copied where nothing is shared. With
 * `held`, under a name of the sandbox's, together with other containers.
 */
export function shareFile(
  sandbox: Sandbox,
  container: Container,
  mount: Mount,
  random: Text,
  held: List<HeldShare> | null,
  copied: List<CopiedSource>,
): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  // First, for the rest of another type's mount means something else.
  if (!isBind(mount)) refuse("unsupported-type", mount.type, Text.of("mount.type"));
  const isDisk = mount.blockDrive != null || mount.directVolume != null;
  if (isDisk) refuse("unsupported-type", Text.of("block"), Text.of("mount"));
  const place = new Place("mount");
  if (!sandbox.sharesFilesystem()) {
    plan.isIgnored = isSpecial(mount.facts.kind);
    if (plan.isIgnored) return plan;
    const copies = new Copies(plan, sandbox, container.id);
    copies.add(listOf(copyOf(container.bundle, mount, random, place)), copied);
    plan.shared = copies.files[0];
    return plan;
  }
  const share = shareOf(container.bundle, mount, random, place);
  if (held != null) {
    const together = new Shares(plan, sandbox, container.id);
    together.add(listOf(share), held);
    plan.shared = together.files[0];
    return plan;
  }
  const name = shareName(container.id, random, mount.destination);
  const target = join(directories.hub(plan.directory), name);
  plan.shared = new SharedFile(join(directories.guestDirectory(sandbox), name));
  plan.shared!.hostPath = target;
  plan.add(bind(share.source, target, share.options.recursive, share.options.attributes, mount));
  return plan;
}

function listOf(share: Share): List<Share> {
  const shares: List<Share> = new List<Share>();
  shares.push(share);
  return shares;
}

/**
 * Takes back what `shareFile` mounted at `hostPath`, for this container: another one's share is refused. A copy has no
 * `hostPath`, where files are shared a mount has one. `held` is null where nobody looked into the hub.
 */
export function unshareFile(
  sandbox: Sandbox,
  container: Container,
  mount: Mount,
  held: List<HeldShare> | null,
): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  const place = new Place("mount");
  const hostPath = mount.hostPath;
  if (hostPath == null) {
    if (sandbox.sharesFilesystem()) place.lacks("hostPath");
    return plan;
  }
  const name = below(directories.hub(plan.directory), hostPath);
  if (name == null || !isName(name)) {
    place.refuse("outside-sandbox", hostPath, "hostPath");
    return plan;
  }
  if (isShareOf(container.id, name)) return unmounted(plan, hostPath);
  if (isSandboxShare(name)) return held == null ? unmounted(plan, hostPath) : released(plan, held, name, container.id);
  if (isShareName(name)) place.refuse("other-container", hostPath, "hostPath");
  return unmounted(plan, hostPath);
}

// What nobody is said to use is gone: users go last.
function released(plan: Plan, held: List<HeldShare>, name: Text, container: Text): Plan {
  for (let i = 0; i < held.length; i++) {
    if (held[i].name.equals(name) && held[i].isUsedBy(container)) release(plan, held[i], container);
  }
  return plan;
}

function unmounted(plan: Plan, hostPath: Text): Plan {
  plan.add(umount(hostPath));
  plan.add(remove(hostPath));
  return plan;
}
