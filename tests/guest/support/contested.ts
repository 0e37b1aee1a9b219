import { setTimeout as sleep } from "node:timers/promises";
import {
  type Container,
  type FilesystemShare,
  type Mount,
  PlanError,
  RequestError,
  StepError,
} from "../../../ffi/mod.ts";
import { digitsFor } from "../../support/sandbox/together.ts";
import type { Scratch } from "../../support/scratch.ts";

/** A container whose root and data the guest may write to, and a configuration that it may not. */
export function contested(scratch: Scratch, id: string): Container {
  scratch.file(`${id}/rootfs/etc/passwd`, "root:x:0:0");
  for (const name of ["a", "moving", "held"]) scratch.file(`${id}/data/${name}/file`);
  scratch.file(`${id}/config/app.conf`, "a = b\n");
  const bind = (name: string, ...options: string[]): Mount => ({
    ...{ destination: `/${name}`, source: `${scratch.path}/${id}/${name}`, type: "bind", options },
  });
  const mounts = [bind("data", "rbind"), bind("config", "rbind", "ro"), bind("config/app.conf", "ro")];
  return { id, bundle: `${scratch.path}/${id}`, rootFs: { target: "rootfs" }, mounts };
}

/** How many calls did their work, and how many were refused. */
export interface Tally {
  done: number;
  refused: number;
}

/** Shares containers and takes them back, with what the names of their shares are known to the guest before. */
export async function shareAndUnshare(
  share: FilesystemShare,
  containers: readonly Container[],
  forMs: number,
): Promise<Tally> {
  const tally: Tally = { done: 0, refused: 0 };
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    for (const container of containers) {
      const alone = { ...container, id: `${container.id}-root` };
      await count(tally, share.shareContainer(container, { random: digitsFor(container) }));
      await count(tally, share.shareRootFilesystem(alone));
      await sleep(5); // for the guest to see it
      await count(tally, share.unshareRootFilesystem(alone));
      await count(tally, share.unshareContainer(container));
    }
  }
  return tally;
}

// A refusal is one of ours; anything else is a fault.
async function count(tally: Tally, call: Promise<unknown>): Promise<void> {
  try {
    await call;
    tally.done += 1;
  } catch (error) {
    if (![StepError, PlanError, RequestError].some((kind) => error instanceof kind)) throw error;
    tally.refused += 1;
  }
}
