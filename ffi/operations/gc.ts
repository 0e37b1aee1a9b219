import { checkGcOptions, type GcOptions, type GcResult } from "./gc-options.ts";

/**
 * Removes what dead sandboxes left in a directory: those of this library by `cleanup`, those of Kata's runtimes mount by mount, and
 * then their empty directories. Tells of each sandbox whether it is alive, dead, or neither for certain; only the dead are
 * removed, and only with `remove`. A sandbox is dead if its mount namespace is gone by proof, or if the list of the `living` is without
 * it, it has not changed for a while, nobody has its view open, and nobody else mounted something in it.
 *
 * @throws {TypeError} for options that are none.
 *
 * @example
 * ```ts
 * import { FilesystemShare, gc } from "guestshare/host";
 *
 * const hostDir = "/run/kata-containers/shared/sandboxes";
 * for (const id of ["s1", "s2"]) await new FilesystemShare({ id }).prepare();
 * const living = ["s1"]; // what the runtime says
 * const results = await gc({ hostDir, living, graceMs: 0 });
 * console.log(results.map(({ id, state }) => `${id} ${state}`).join()); // s1 alive,s2 dead
 * const done = await gc({ hostDir, living, graceMs: 0, remove: true });
 * console.log(done.filter(({ isRemoved }) => isRemoved).map(({ id }) => id).join()); // s2
 * await new FilesystemShare({ id: "s1" }).cleanup();
 * ```
 */
export async function gc(options: GcOptions): Promise<GcResult[]> {
  checkGcOptions(options);
  return (await import("./collect-garbage.ts")).collect(options);
}
