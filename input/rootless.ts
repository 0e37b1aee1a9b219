import type { Reader } from "./reader.ts";

/** The directory of a rootless virtual machine, which whoever reads its configuration has to know. */
export function rootlessDirOf(rootless: Reader, rootlessDir: string | undefined): string {
  return rootlessDir ?? rootless.refuse("needs-rootless-dir", String(rootless.value));
}
