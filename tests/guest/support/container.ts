import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import type { Container, ContainerPlan, Mount, OciMount } from "../../../ffi/mod.ts";
import { mount } from "../../support/mounts.ts";
import type { Scratch } from "../../support/scratch.ts";
import { assertLimits, assertReadOnly, assertSame, assertWritable } from "./checks.ts";
import { enter } from "./enter.ts";
import type { Guest } from "./guest.ts";

/**
 * What is shared of a container is in the guest what mount(8) makes of its sources on the host, in their modes; so it is
 * where the guest puts it, and in the container itself, where the mounts have all their limits.
 */
export async function assertContainer(
  scratch: Scratch,
  guest: Guest,
  container: Container,
  plan: ContainerPlan,
): Promise<void> {
  const root = await enter(guest, container.id, plan);
  for (const [index, own] of (container.mounts ?? []).entries()) {
    const { kind } = plan.outcomes[index] ?? {};
    if (kind !== "shared" && kind !== "watchable") continue;
    const expected = expectedOf(scratch, container, own, index);
    const { source: path, destination } = plan.mounts[index] as OciMount;
    const place = `${root}${destination}`;
    await assertSame(guest, path as string, expected);
    await assertSame(guest, place, expected);
    await assertLimits(guest, place, own.options ?? []);
    if (kind === "watchable") continue; // a copy of the guest's own
    const isReadOnly = own.options?.some((word) => /^r?ro$/.test(word));
    await (isReadOnly ? assertReadOnly : assertWritable)(guest, path as string, expected);
    await (isReadOnly ? assertReadOnly : assertWritable)(guest, place, expected);
  }
}

// A share of a directory has the mounts below only where it is recursive.
function expectedOf(
  scratch: Scratch,
  { bundle = "/" }: Container,
  { source = "", options = [] }: Mount,
  at: number,
): string {
  const path = resolve(bundle, source);
  const isDirectory = lstatSync(path).isDirectory() || lstatSync(path).isSymbolicLink();
  const target = isDirectory
    ? scratch.directory(`expected/${at}`)
    : scratch.file(`expected/${at}`, "not mounted");
  mount(options.includes("rbind") ? "--rbind" : "--bind", path, target);
  return target;
}
