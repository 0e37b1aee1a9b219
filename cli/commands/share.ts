import { usageError } from "../failure.ts";
import { configuredSandbox } from "../input/configured.ts";
import { fileRequests, type InputOptions, mountsOf, placedRequests } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { machineOf } from "../machines.ts";
import { openShare } from "../open-share.ts";
import { randomDigits } from "../plan/digits.ts";
import { sharesOf } from "../plan/in-sandbox.ts";
import { planOnline } from "../plan/plan-requests.ts";
import { perform } from "./apply.ts";

/** `guestshare share`: shares files and directories in a sandbox that is prepared. */
export async function share(io: Io, words: readonly string[], options: InputOptions): Promise<number> {
  const volume = [...words, ...(options.volume ?? [])];
  const mounts = mountsOf(io, { ...options, volume });
  if (mounts.length === 0)
    throw usageError(
      "Cannot share nothing",
      "name a file: guestshare share --id s1 /etc/hosts:/etc/hosts:ro",
    );
  const machine = options.config === undefined ? await machineOf(io, options) : undefined;
  if (machine && "exitCode" in machine) return machine.exitCode;
  const sandbox = machine?.sandbox ?? (await configuredSandbox(io, options));
  const opened = await openShare(io, sandbox, options);
  const requests = machine
    ? placedRequests(sandbox, mounts, options.container)
    : fileRequests(sandbox, mounts, options.container, randomDigits);
  const planned = await planOnline(requests, () => opened, io.signal);
  await sharesOf(opened, sandbox); // prepared, or refused
  return perform(io, planned, false, options);
}
