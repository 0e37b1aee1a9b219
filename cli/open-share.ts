import { resolve } from "node:path";
import type { Sandbox } from "../mod.ts";
import type { CommonOptions } from "./command.ts";
import type { Io } from "./io.ts";

/** The sandbox of a command that names none. */
export const defaultId = "default";

/** The sandbox that a command's options name. */
export function sandboxOf(io: Io, { id = defaultId, hostDir }: CommonOptions): Sandbox {
  return hostDir === undefined ? { id } : { id, hostDir: resolve(io.cwd, hostDir) };
}

/** What makes a sandbox's mounts, by the engine that the options name. Loads the host part. */
export async function openShare(
  sandbox: Sandbox,
  { engine }: CommonOptions,
): Promise<import("../ffi/mod.ts").FilesystemShare> {
  const { FilesystemShare, openLibc } = await import("../ffi/mod.ts");
  return new FilesystemShare(sandbox, engine ? { libc: await openLibc(engine) } : {});
}
