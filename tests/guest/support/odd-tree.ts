import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, lchownSync, linkSync, symlinkSync, writeFileSync } from "node:fs";
import type { Scratch } from "../../support/scratch.ts";

/** A directory with files of all kinds, modes and names, and some that are easily taken for others; its path. */
export function oddTree(scratch: Scratch, name: string): string {
  const file = (path: string, content?: string, mode?: number) =>
    scratch.file(`${name}/${path}`, content, mode);
  const root = scratch.directory(name);
  file("empty", "");
  file("secret", "secret", 0o600);
  file("nobody's", "x", 0o000);
  file("bin/su", "#!/bin/sh\n", 0o4755);
  file("large", "0123456789abcdef".repeat(40_000));
  file("deep/er/and/deeper/file");
  file("...", "three dots");
  file(" spaces and\nlines\\", "odd");
  file("é中\u{1f600}", "beyond ASCII: é中\u{1f600}\0");
  file("n".repeat(255), "the longest name");
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x80, 0x22])]), "no UTF-8");
  writeFileSync(`${root}/bytes`, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  chownSync(file("owned", "of somebody"), 1000, 65534);
  scratch.directory(`${name}/empty directory`);
  chmodSync(scratch.directory(`${name}/sticky`), 0o1777);
  chmodSync(scratch.directory(`${name}/closed`), 0o000);
  linkSync(`${root}/bin/su`, `${root}/bin/sudo`);
  for (const [link, target] of [
    ["to a file", "secret"],
    ["to a directory", "bin"],
    ["up", "../.."],
    ["absolute", "/etc/passwd"],
    ["dangling", "nowhere"],
    ["loop", "loop"],
  ] as const)
    symlinkSync(target, `${root}/${link}`);
  lchownSync(`${root}/dangling`, 7, 8);
  execFileSync("mkfifo", [`${root}/fifo`]);
  return root;
}
