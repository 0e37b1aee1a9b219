import * as directories from "../directories";
import { firstDuplicate } from "../duplicates";
import { inArray } from "../json/path";
import { MAX_WRITTEN } from "../json/write";
import { List } from "../list";
import { refuse, refused } from "../refusal";
import { Container } from "../request/container";
import { CopiedSource } from "../request/copied";
import { HubShare } from "../request/hub-share";
import { RequestLocation } from "../request/location";
import { Sandbox } from "../request/sandbox";
import { Text } from "../text";
import { ContainerAnswer } from "./mount/container-answer";
import { ContainerMounts } from "./mount/container-mounts";
import { checkContainer } from "./mount/placed-share";
import { release } from "./mount/shares";
import { Plan } from "./plan";
import { planRoot, planRootRemoval } from "./root/root-filesystem";

/** Plans the shares of a container's root filesystem and of all its mounts, and what the guest's specification has for them. */
export function shareContainer(
  sandbox: Sandbox,
  container: Container,
  random: List<Text>,
  hubShares: List<HubShare>,
  copied: List<CopiedSource>,
): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  check(plan, sandbox, container, random);
  if (refused()) return plan;
  planRoot(plan, sandbox, container);
  if (refused()) return plan;
  const root = plan.shared!;
  plan.shared = null;
  const answer = new ContainerAnswer(root.guestPath, container.readonlyRootfs);
  plan.container = answer;
  const mounts = new ContainerMounts(plan, sandbox, container, answer);
  for (let i = 0; i < container.mounts.length && !refused(); i++) mounts.add(container.mounts[i], random[i], i);
  mounts.planSteps(hubShares, copied);
  answer.findCovered();
  plan.storages = mounts.storages.inOrder(root.storages);
  return plan;
}

/** Plans to remove the shares of `shareContainer`. A share that other containers use stays. */
export function unshareContainer(sandbox: Sandbox, container: Container, hubShares: List<HubShare>): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  for (let i = 0; i < hubShares.length; i++) {
    // The directory of the container in the hub is no share.
    if (hubShares[i].name.equals(container.id)) {
      refuse("bad-name", container.id, new RequestLocation("held", i).of("name"));
    }
    // A share without users was left by a process that was killed or failed.
    if (hubShares[i].users.length == 0 || hubShares[i].isUsedBy(container.id)) release(plan, hubShares[i], container.id);
  }
  planRootRemoval(plan, sandbox, container);
  return plan;
}

function check(plan: Plan, sandbox: Sandbox, container: Container, random: List<Text>): void {
  if (sandbox.namesPlaces) checkContainer(container);
  const mounts = container.mounts;
  if (random.length != mounts.length) {
    refuse("wrong-length", Text.ofNumber(random.length), Text.of("random"));
    return;
  }
  // Each mount writes these paths at least four times. A plan that would be too large is not made.
  const paths = plan.directory.length + directories.guestDirectory(sandbox).length;
  if (<usize>mounts.length * <usize>paths * 4 > MAX_WRITTEN) {
    refuse("too-large", null, Text.empty);
    return;
  }
  // With equal digits two sources could get the same name, and so the same mount.
  const duplicate = firstDuplicate(random);
  if (duplicate >= 0) refuse("bad-random", random[duplicate], inArray(Text.of("random"), duplicate));
}
