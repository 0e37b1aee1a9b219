import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { usageError } from "../failure.ts";
import type { Io } from "../io.ts";

/** What a directory is to `guestshare run`: its config.json, or the directories in it, say so. */
export interface GivenDirectory {
  readonly path: string;
  readonly kind: "bundle" | "root" | "work";
}

/** A directory as the command line names it. */
export async function givenDirectory({ cwd }: Io, text: string): Promise<GivenDirectory> {
  const path = resolve(cwd, text);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  const why = found instanceof Error ? found.code : found.isDirectory() ? undefined : "ENOTDIR";
  if (why !== undefined)
    throw usageError(
      `Cannot run in ${JSON.stringify(text)}: ${why}`,
      "name a bundle, a root filesystem, or another directory: guestshare run . -- ls",
      "a machine needs a directory",
    );
  const has = (name: string) =>
    stat(join(path, name)).then(
      () => true,
      () => false,
    );
  if (await has("config.json")) return { path, kind: "bundle" };
  return { path, kind: (await has("bin")) || (await has("usr")) ? "root" : "work" };
}
