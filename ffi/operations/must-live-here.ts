import type { Plan } from "../../mod.ts";
import { failureOf } from "../execute.ts";
import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import { EACCES, ELOOP, ENOENT, ENOTDIR } from "../linux/errno.ts";
import type { Host } from "../linux/host.ts";
import { unlessOneOf } from "../linux/syscall-error.ts";

// Where this user may not look, performing the plan says so.
const UNSEEN = [ENOENT, ENOTDIR, ELOOP, EACCES];

/**
 * Refuses a plan as performing it would, if its sandbox lives in another mount namespace.
 *
 * @throws {StepError | PlanError} whose cause is a NamespaceError, which has the way there.
 */
export async function mustLiveHere({ sys, namespaces }: Host, plan: Plan): Promise<void> {
  // Copies need neither the directory nor its lock.
  if (plan.steps.every(({ op }) => op === "copy")) return;
  const fd = unlessOneOf(UNSEEN, () => sys.openDirectory(AT_FDCWD, plan.directory, O_RDONLY));
  if (fd === undefined) return;
  try {
    const judged = unlessOneOf(UNSEEN, () => namespaces.elsewhere({ directory: fd, found: sys.statx(fd) }));
    const elsewhere = await judged;
    if (elsewhere) throw failureOf(plan, elsewhere);
  } finally {
    sys.close(fd);
  }
}
