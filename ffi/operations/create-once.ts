import type { FoundShare } from "../../table/mod.ts";
import { noteAsked, wasAsked } from "../linux/asked-mark.ts";
import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import { notPrepared } from "../linux/reach-target.ts";
import type { Performer } from "../performer.ts";
import { listShares } from "./inspect.ts";

/** Looks at what is shared, and throws if a guest's sandbox may not be created then. */
export type CheckShares = (shares: readonly FoundShare[]) => void;

/** Has a guest's sandbox created once: `FilesystemShare.createOnce`. */
export async function createOnce(
  performer: Performer,
  check: CheckShares,
  create: () => Promise<boolean>,
): Promise<boolean> {
  const { core, host } = performer.opened ?? (await performer.open());
  const plan = core.plan({ op: "prepare", sandbox: performer.sandbox });
  // Where nothing is shared, there is no directory to lock.
  if (plan.steps.length === 0) {
    await create();
    return true;
  }
  const nothing = { ...plan, steps: [] };
  let isFirst: boolean | undefined;
  const planUnderLock = async () => {
    check(await listShares(performer));
    isFirst = await askOnce(host, plan.directory, create);
    return nothing;
  };
  await performer.perform(host, nothing, { planUnderLock });
  if (isFirst === undefined) throw notPrepared();
  return isFirst;
}

async function askOnce({ sys }: Host, path: string, create: () => Promise<boolean>): Promise<boolean> {
  const directory = sys.openDirectory(AT_FDCWD, path, O_RDONLY);
  try {
    if (wasAsked(sys, directory)) return false;
    // Before the agent is asked: whoever is killed meanwhile does not know what it did.
    if (!noteAsked(sys, directory, true)) throw notPrepared();
    if (!(await create())) noteAsked(sys, directory, false);
    return true;
  } finally {
    sys.close(directory);
  }
}
