import { join, resolve } from "node:path";
import { type Sandbox, withPodBundle } from "../mod.ts";
import { reading } from "./configuration-texts.ts";

/**
 * A sandbox with what the bundle in a directory says of it, as `withPodBundle` reads it: the bundle of the pod's own
 * container. Where its /dev/shm is a bind, the filesystem of the source is asked for its size.
 *
 * @throws {ConfigurationFileError} with the path of the config.json, or of that source.
 * @throws {FormatError} as `withPodBundle`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
 * import { withPodBundleIn } from "guestshare/host";
 *
 * const bundle = mkdtempSync("/tmp/bundle-");
 * const mount = { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["size=256m"] };
 * writeFileSync(`${bundle}/config.json`, JSON.stringify({ root: { path: "rootfs" }, mounts: [mount] }));
 * console.log((await withPodBundleIn({ id: "s1" }, bundle)).shmSize); // 268435456
 * rmSync(bundle, { recursive: true });
 * ```
 */
export async function withPodBundleIn(sandbox: Sandbox, bundle: string): Promise<Sandbox> {
  const { readFile } = await import("node:fs/promises");
  const config = await reading<string>(join(bundle, "config.json"), (path) => readFile(path, "utf8"));
  let source: string | undefined;
  const sizeOf = (path: string) => {
    source = path;
    return 0;
  };
  const read = withPodBundle(sandbox, config, { sizeOf });
  if (source === undefined) return read;
  const size = await reading(resolve(bundle, source), sizeOfFilesystem);
  return withPodBundle(sandbox, config, { sizeOf: () => size });
}

async function sizeOfFilesystem(path: string): Promise<number> {
  const { statfs } = await import("node:fs/promises");
  const { bsize, blocks } = await statfs(path);
  return bsize * blocks;
}
