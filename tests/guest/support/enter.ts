import type { ContainerPlan } from "../../../ffi/mod.ts";
import type { Guest } from "./guest.ts";
import { mountOptions } from "./mount-options.ts";

const BIND = "4096";
const REMOUNT = 32 | 4096;
const RECURSIVE = 16384;
// Propagation is no matter where nothing propagates.
const withoutPropagation = (word: string) => !/^r?(?:private|shared|slave)$/.test(word);

/** Mounts a container's own mounts in its root, as its runtime does in the guest; where that root is. */
export async function enter(
  guest: Guest,
  id: string,
  { rootPath, mounts }: Pick<ContainerPlan, "rootPath" | "mounts">,
): Promise<string> {
  const root = await enterRoot(guest, id, rootPath);
  await bindAll(guest, root, mounts);
  return root;
}

/** Has a container's root where its runtime has it in the guest; its path. */
export async function enterRoot(guest: Guest, id: string, rootPath: string): Promise<string> {
  const root = `/run/kata-containers/${id}/rootfs`;
  await guest.call("mkdirs", root);
  if (root !== rootPath) await guest.call("mount", rootPath, root, "bind", BIND, "");
  return root;
}

/** Binds what the guest has, or gets, into a container's root. */
export async function bindAll(guest: Guest, root: string, mounts: ContainerPlan["mounts"]): Promise<void> {
  for (const { source = "", destination, type, options = [] } of mounts) {
    if (type !== "bind" || !source.startsWith("/run/")) continue;
    await makePlace(guest, source, `${root}${destination}`);
    const words = options.filter(withoutPropagation).map((word) => (word === "rro" ? "ro" : word));
    const { flags, data } = mountOptions(words);
    const place = `${root}${destination}`;
    await guest.call("mount", source, place, "bind", String(flags), data);
    // A bind takes no other flags; it takes a second, remounting call (mount(2)).
    await guest.call("mount", "", place, "", String((flags & ~RECURSIVE) | REMOUNT), "");
  }
}

async function makePlace(guest: Guest, source: string, place: string): Promise<void> {
  const [{ kind } = { kind: "directory" }] = await guest.tree(source);
  if (kind === "directory") return void (await guest.call("mkdirs", place));
  await guest.call("mkdirs", place.slice(0, place.lastIndexOf("/")));
  await guest.write(place, "");
}
