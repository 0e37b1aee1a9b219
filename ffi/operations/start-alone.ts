import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import { notPrepared } from "../linux/reach-target.ts";
import { takeStartLock } from "../linux/start-lock.ts";
import { unlessMissing } from "../linux/syscall-error.ts";
import type { Performer } from "../performer.ts";

/** Has a container started by one process at a time: `FilesystemShare.startAlone`. */
export async function startAlone<T>(
  performer: Performer,
  container: string,
  start: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { core, host } = performer.opened ?? (await performer.open());
  const plan = core.plan({ op: "prepare", sandbox: performer.sandbox });
  // Where nothing is shared, there is no directory to lock.
  if (plan.steps.length === 0) return start();
  const { sys } = host;
  const directory = unlessMissing(() => sys.openDirectory(AT_FDCWD, plan.directory, O_RDONLY));
  if (directory === undefined) throw notPrepared();
  const patience = { timeoutMs: performer.lockTimeoutMs, signal };
  const lock = await takeStartLock(sys, directory, container, patience).finally(() => sys.close(directory));
  try {
    return await start();
  } finally {
    sys.close(lock);
  }
}
