import { closeSync, mkdtempSync, openSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An open file without a name, which nobody has to remove. */
export function openInitramfs(bytes: Buffer): { readonly fd: number; close(): void } {
  const directory = mkdtempSync(join(tmpdir(), "guestshare-machine-"));
  const path = join(directory, "initramfs");
  try {
    writeFileSync(path, bytes, { mode: 0o600, flag: "wx" });
    const fd = openSync(path, "r");
    return { fd, close: () => closeSync(fd) };
  } finally {
    unlinkSync(path);
    rmdirSync(directory);
  }
}
