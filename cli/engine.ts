import type { Libc, LibcName } from "../ffi/mod.ts";

/** The way to libc that the options name, for calls of the host part; nothing where they name none. */
export async function libcOf({ engine }: { readonly engine?: LibcName }): Promise<{ readonly libc?: Libc }> {
  if (engine === undefined) return {};
  const { openLibc } = await import("../ffi/mod.ts");
  return { libc: await openLibc(engine) };
}
