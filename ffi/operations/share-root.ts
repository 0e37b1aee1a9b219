import type { Container, SharedFile } from "../../mod.ts";
import { withFacts } from "../facts.ts";
import { sharedWithOmissions } from "../omitted.ts";
import type { Performer } from "../performer.ts";
import { sourceFailure } from "../source-failure.ts";

/** Shares a root filesystem: `FilesystemShare.shareRootFilesystem`. */
export async function shareRootFilesystem(
  performer: Performer,
  container: Container,
): Promise<SharedFile | null> {
  const { core, host } = performer.opened ?? (await performer.open());
  const request = { op: "shareRootFilesystem", sandbox: performer.sandbox, container } as const;
  const planWithFacts = (facts: Container) =>
    core.plan({ ...request, container: { ...facts, mounts: container.mounts ?? [] } });
  let plan: ReturnType<typeof planWithFacts>;
  try {
    const looked = withFacts(host, { ...container, mounts: [] }, { limits: performer.limits() });
    plan = planWithFacts(looked instanceof Promise ? await looked : looked);
  } catch (error) {
    throw sourceFailure(host, error, () => core.plan(request));
  }
  await performer.perform(host, plan);
  return sharedWithOmissions(plan, "/");
}

/** Removes a root filesystem: `FilesystemShare.unshareRootFilesystem`. */
export async function unshareRootFilesystem(performer: Performer, container: Container): Promise<void> {
  const { core, host } = performer.opened ?? (await performer.open());
  const { sandbox } = performer;
  await performer.perform(host, core.plan({ op: "unshareRootFilesystem", sandbox, container }));
}
