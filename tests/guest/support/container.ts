import { lstatSync } from "node:fs";
import { resolve } from "node:path";
import type { Container, ContainerPlan, Mount, OciMount } from "../../../ffi/mod.ts";
import { mount } from "../../support/mounts.ts";
import type { Scratch } from "../../support/scratch.ts";
import { assertReadOnly, assertSame, assertWritable } from "./checks.ts";
import type { Guest } from "./guest.ts";
import { mountOptions } from "./mount-options.ts";

/**
 * What is shared of a container is in the guest what mount(8) makes of its sources on the host, in their modes; so it is
 * where the guest puts it, and in the container itself.
 */
export async function assertContainer(
  scratch: Scratch,
  guest: Guest,
  container: Container,
  plan: ContainerPlan,
): Promise<void> {
  const asMounted = await enter(guest, plan);
  for (const [index, own] of (container.mounts ?? []).entries()) {
    const { kind } = plan.outcomes[index] ?? {};
    if (kind !== "shared" && kind !== "watchable") continue;
    const expected = expectedOf(scratch, container, own, index);
    const { source: path, destination } = plan.mounts[index] as OciMount;
    const place = `${asMounted}${destination}`;
    await assertSame(guest, path as string, expected);
    await assertSame(guest, place, expected);
    if (kind === "watchable") continue; // a copy of the guest's own
    const isReadOnly = own.options?.some((word) => /^r?ro$/.test(word));
    await (isReadOnly ? assertReadOnly : assertWritable)(guest, path as string, expected);
    await (isReadOnly ? assertReadOnly : assertWritable)(guest, place, expected);
  }
}

/** Mounts a container's own mounts in its root, as its runtime does in the guest; where the root is. */
async function enter(guest: Guest, { rootPath, mounts }: ContainerPlan): Promise<string> {
  const root = `/run/entered${rootPath}`;
  await guest.call("mkdirs", root);
  await guest.call("mount", rootPath, root, "bind", BIND, "");
  for (const { source = "", destination, type, options = [] } of mounts) {
    if (type !== "bind" || !source.startsWith("/run/")) continue;
    await makePlace(guest, source, `${root}${destination}`);
    const { flags, data } = mountOptions(options.filter((word) => !word.startsWith("rpriv")));
    await guest.call("mount", source, `${root}${destination}`, "bind", String(flags), data);
  }
  return root;
}

const BIND = "4096";

async function makePlace(guest: Guest, source: string, place: string): Promise<void> {
  const [{ kind } = { kind: "directory" }] = await guest.tree(source);
  if (kind === "directory") return void (await guest.call("mkdirs", place));
  await guest.call("mkdirs", place.slice(0, place.lastIndexOf("/")));
  await guest.write(place, "");
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
