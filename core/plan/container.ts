import * as directories from "../directories";
import { firstDouble } from "../double";
import { inArray } from "../json/path";
import { MAX_WRITTEN } from "../json/write";
import { List } from "../list";
import { Place } from "../place";
import { refuse, refused } from "../refusal";
import { Container } from "../request/container";
import { CopiedSource } from "../request/copied";
import { HeldShare } from "../request/held";
import { Sandbox } from "../request/sandbox";
import { Text } from "../text";
import { ContainerAnswer } from "./container-answer";
import { Plan } from "./plan";
import { planRoot, unplanRoot } from "./root-filesystem";
import { release } from "./shares";
import { Volumes } from "./volumes";

/** A container's root filesystem and all its mounts, and what the guest gets to know of them. */
export function shareContainer(
  sandbox: Sandbox,
  container: Container,
  random: List<Text>,
  held: List<HeldShare>,
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
  const volumes = new Volumes(plan, sandbox, container, answer);
  for (let i = 0; i < container.mounts.length && !refused(); i++) volumes.add(container.mounts[i], random[i], i);
  volumes.share(held, copied);
  answer.findCovered();
  plan.storages = volumes.storagesWith(root.storages);
  return plan;
}

/** Takes back what `shareContainer` shared; a mount that other containers use stays. */
export function unshareContainer(sandbox: Sandbox, container: Container, held: List<HeldShare>): Plan {
  const plan = new Plan(directories.sandboxDirectory(sandbox));
  for (let i = 0; i < held.length; i++) {
    // The container's own directory is no share.
    if (held[i].name.equals(container.id)) {
      refuse("bad-name", container.id, new Place("held", i).of("name"));
    }
    // What nobody uses was left by somebody who was killed, or failed.
    if (held[i].users.length == 0 || held[i].isUsedBy(container.id)) release(plan, held[i], container.id);
  }
  unplanRoot(plan, sandbox, container);
  return plan;
}

function check(plan: Plan, sandbox: Sandbox, container: Container, random: List<Text>): void {
  const mounts = container.mounts;
  if (random.length != mounts.length) {
    refuse("wrong-length", Text.ofNumber(random.length), Text.of("random"));
    return;
  }
  // A share's paths are written more often than this; what cannot be written need not be made.
  const paths = plan.directory.length + directories.guestDirectory(sandbox).length;
  if (<usize>mounts.length * <usize>paths * 4 > MAX_WRITTEN) {
    refuse("too-large", null, Text.empty);
    return;
  }
  // Equal digits may be one name, and one mount, for two sources.
  const double = firstDouble(random);
  if (double >= 0) refuse("bad-random", random[double], inArray(Text.of("random"), double));
}
