import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

let versions = 0;

/** Writes a volume as kubelet does: a directory with all files, and then in one step the link that leads there. */
export function turnOver(volume: string, files: Readonly<Record<string, string>>): void {
  versions += 1;
  const name = `..2026_01_01_00_00_00.${versions}`;
  mkdirSync(join(volume, name), { recursive: true });
  for (const [key, content] of Object.entries(files)) {
    writeFileSync(join(volume, name, key), content);
    if (!existsSync(join(volume, key))) symlinkSync(join("..data", key), join(volume, key));
  }
  symlinkSync(name, join(volume, "..data_tmp"));
  renameSync(join(volume, "..data_tmp"), join(volume, "..data"));
}
