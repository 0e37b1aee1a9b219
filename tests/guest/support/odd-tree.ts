import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, lchownSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Scratch } from "../../support/scratch.ts";

/** The name of one of the files. */
export const longestName: string = "n".repeat(255);

/** A directory with files of all kinds, modes and names; its path. */
export function oddTree(scratch: Scratch, name: string): string {
  const root = scratch.directory(name);
  fillOddly(root);
  return root;
}

/** Makes files of all kinds, modes and names in a directory, and some that are easily taken for others. */
export function fillOddly(root: string): void {
  const directory = (path: string) => {
    mkdirSync(`${root}/${path}`, { recursive: true });
    return `${root}/${path}`;
  };
  const file = (path: string, content: string = path, mode = 0o644) => {
    directory(dirname(path));
    writeFileSync(`${root}/${path}`, content);
    chmodSync(`${root}/${path}`, mode);
    return `${root}/${path}`;
  };
  file("empty", "");
  file("secret", "secret", 0o600);
  file("nobody's", "x", 0o000);
  file("bin/su", "#!/bin/sh\n", 0o4755);
  file("large", "0123456789abcdef".repeat(40_000));
  file("deep/er/and/deeper/file");
  file("...", "three dots");
  file(" spaces and\nlines\\", "odd");
  file("é中\u{1f600}", "beyond ASCII: é中\u{1f600}\0");
  file(longestName, "the longest name");
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x80, 0x22])]), "no UTF-8");
  writeFileSync(`${root}/bytes`, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  chownSync(file("owned", "of somebody"), 1000, 65534);
  directory("empty directory");
  chmodSync(directory("sticky"), 0o1777);
  chmodSync(directory("closed"), 0o000);
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
}
