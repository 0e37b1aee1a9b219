import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import type { Container, ContainerPlan, FilesystemShare, Mount } from "../../../ffi/mod.ts";
import { mountsBelow } from "../mounts.ts";
import type { Scratch } from "../scratch.ts";
import { shapeOf } from "../state.ts";

/** The digits of a container's `index`th mount, so that a test knows the names of its shares. */
export function digits(index: number): string {
  return index.toString(16).padStart(16, "0");
}

/** The digits for all mounts of a container. */
export function digitsFor(container: Container, from = 0): string[] {
  return (container.mounts ?? []).map((_, index) => digits(from + index));
}

/** A container with these mounts and a root filesystem of its own. */
export function containerWith(scratch: Scratch, id: string, mounts: readonly Mount[]): Container {
  scratch.file(`images/${id}/etc/passwd`, id);
  return { id, rootFs: { target: `${scratch.path}/images/${id}` }, mounts };
}

/** Shares containers one after the other, each of them with these mounts. */
export async function shareAll(
  share: FilesystemShare,
  scratch: Scratch,
  ids: readonly string[],
  mounts: readonly Mount[],
): Promise<ContainerPlan[]> {
  const plans: ContainerPlan[] = [];
  for (const id of ids) plans.push(await share.shareContainer(containerWith(scratch, id, mounts)));
  return plans;
}

/** Who uses what: the containers of each share of several, by its name. */
export function usersOf(scratch: Scratch): Record<string, string[]> {
  const users = scratch.hub(".users");
  const names = existsSync(users) ? readdirSync(users).sort() : [];
  return Object.fromEntries(names.map((name) => [name, readdirSync(`${users}/${name}`).sort()]));
}

/** The names of the shares of several containers that are mounted. */
export function mountedTogether(scratch: Scratch): string[] {
  const hub = scratch.inSandbox("mounts");
  const names = mountsBelow(hub).map(({ point }) => point.slice(hub.length + 1));
  return names.filter((name) => name.startsWith("sandbox-") && !name.includes("/")).sort();
}

/** No mount is without a user, no user without a mount, and hub and view have the same. */
export function assertUsed(scratch: Scratch, what = ""): void {
  const mounted = mountedTogether(scratch);
  const users = usersOf(scratch);
  assert.deepEqual(mounted, Object.keys(users), `mounts and the names of users: ${what}`);
  for (const name of mounted) assert.ok(users[name]?.length, `nobody uses ${name}: ${what}`);
  const placeholders = readdirSync(scratch.inSandbox("mounts")).filter((name) => name.startsWith("sandbox-"));
  assert.deepEqual(placeholders.sort(), mounted, `placeholders: ${what}`);
  const view = scratch.inSandbox("shared");
  const seen = mountsBelow(view).map(({ point }) => point.slice(view.length + 1));
  const inView = seen.filter((name) => name.startsWith("sandbox-") && !name.includes("/")).sort();
  assert.deepEqual(inView, mounted, `the view: ${what}`);
}

/** What a sandbox looks like without the directories that its first container leaves to the next. */
export function shapeBetween(scratch: Scratch): string[] {
  const kept = /^\.\/s1\/(?:mounts|shared)\/(?:\.users|watchable) directory 0[0-7]+$/;
  return shapeOf(scratch.hostDir).filter((line) => !kept.test(line));
}
