import type { Reader } from "./reader.ts";

/** The directory of a rootless virtual machine, which the caller has to give, because its configuration does not have it. */
export function rootlessDirOf(rootless: Reader, rootlessDir: string | undefined): string {
  return rootlessDir ?? rootless.refuse("needs-rootless-dir", String(rootless.value));
}
