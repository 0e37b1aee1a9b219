import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { getuid } from "node:process";
import { makeAbove } from "./place.ts";

const MiB = 1024 * 1024;

// Only root can read and write what nobody may.
const isRoot = getuid?.() === 0;

/** Whether this process may give files to anybody: root, and not of a user namespace that knows few users. */
export const mayChown: boolean =
  isRoot && /^\s*0\s+0\s+4294967295$/m.test(readFileSync("/proc/self/uid_map", "latin1"));

/** Some bytes that are the same every time, and have no period that a slice could hide. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761) >>> 0;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

const stems: Readonly<Record<string, string>> = {
  "stems/tls.crt": "certificate",
  "stems/tls.key": "key, which is longer than the certificate",
  "stems/tls": "no extension",
  "stems/tls.tmp": "the temporary name itself",
  "stems/a.txt": "a",
  "stems/a.md": "another",
  "stems/b": "b",
  "stems/b.tmp": "its temporary name",
  "stems/b.tmp.tmp": "a chain",
  "stems/b.tmp.txt": "that goes on",
  "stems/b.tmp.tmp.tmp": "and on",
  "stems/.bashrc": "a dot in front",
  "stems/.bashrc.tmp": "and its temporary name",
  "stems/.tmp": "only an extension, which is none",
  "stems/.tmp.tmp": "its temporary name",
  "stems/c.": "a dot at the end",
  "stems/c..": "two of them",
  "stems/c.tmp": "of the first",
  "stems/c..tmp": "of the second",
  "stems/..foo": "two dots in front",
  "stems/..bar": "and again",
  "stems/..tmp": "their temporary name",
  "stems/...": "three dots",
  "stems/...tmp": "and their temporary name",
  // Directories that have the temporary names of files beside them.
  "stems/a.tmp/inner.txt": "in a directory",
  "stems/a.tmp/inner.tmp": "in a directory too",
  "stems/d.tmp/d.tmp/d.tmp/d": "deeper",
  "stems/d.tmp/d.tmp/d": "a file beside a directory",
  "stems/d.tmp/d": "and again",
  "stems/d": "and again",
  "stems/d.d/x": "a directory with an extension",
  // What kubelet calls a link may be a file, and its stem has others then.
  "data/file/..data": "a file",
  "data/file/..other": "of its stem",
  "data/file/..tmp": "and their temporary name",
  "data/directory/..data": "a file beside a directory",
  "data/directory/..tmp/inner": "in it",
  "data/link/..data": "a file beside a link",
};

const sizes = [0, 1, 4095, 65_536, 65_537, MiB - 1, MiB, MiB + 1, 2 * MiB, 3 * MiB + 5];

/** Makes a tree of everything that could go wrong, and still can be copied as it is. */
export function makeTraps(root: string): void {
  const file = (name: string, content: string | Uint8Array, mode = 0o644) => {
    const path = makeAbove(join(root, name));
    writeFileSync(path, content);
    chmodSync(path, mode);
  };
  for (const [name, content] of Object.entries(stems)) file(name, content);
  symlinkSync("e.txt", join(root, "stems/e.tmp")); // older agents would write through it
  file("stems/e.txt", "beside a link that has its temporary name");
  symlinkSync("..data", join(root, "data/link/..tmp"));
  for (const size of sizes) file(`sizes/${size}`, noise(size, size));
  for (let i = 0; i < 8; i += 1) file(`sizes/same.${i}`, noise(MiB + 1000 * i, i));
  for (const mode of [isRoot ? 0o000 : 0o404, 0o400, 0o777, 0o1644, 0o600])
    file(`modes/f${mode.toString(8)}`, "x", mode);
  for (const mode of [0o700, 0o755, 0o750, 0o1777, 0o2755, 0o3770, isRoot ? 0o500 : 0o701, 0o711]) {
    file(`modes/d${mode.toString(8)}/inner/file`, "x");
    mkdirSync(join(root, `modes/d${mode.toString(8)}/empty`));
    chmodSync(join(root, `modes/d${mode.toString(8)}`), mode);
  }
  for (const name of ["é", "e\u0301", "🦊", "a b", "new\nline", "quote'\"", "\\x41", "-n", "*"])
    file(`names/${name}`, name);
  file(`names/${"é".repeat(124)}.txt`, "252 bytes");
  file(`names/${"n".repeat(251)}.txt`, "255 bytes");
  file(`names/${"d".repeat(255)}/file`, "in a directory of 255 bytes");
  symlinkSync("é", join(root, "names", "l".repeat(255)));
  file(`${"deep/".repeat(120)}bottom`, "far below");
  symlinkSync("sizes/1", join(root, "link"));
  symlinkSync("loop-b", join(root, "loop-a"));
  symlinkSync("loop-a", join(root, "loop-b"));
  symlinkSync("nowhere", join(root, "dangling"));
  symlinkSync("sizes", join(root, "to-directory"));
  mkdirSync(join(root, "empty"));
  file("..2024_01_01/key", "value");
  symlinkSync("..2024_01_01", join(root, "..data"));
  symlinkSync("..data/key", join(root, "key"));
  if (mayChown) giveAway(root, file);
}

function giveAway(root: string, file: (name: string, content: string) => void): void {
  const owners = [
    [1000, 1000],
    [0, 2000],
    [65534, 65534],
    [2 ** 31, 2 ** 32 - 2],
  ] as const;
  for (const [uid, gid] of owners) {
    file(`owners/${uid}/file`, String(gid));
    symlinkSync("file", join(root, `owners/${uid}/link`));
    chownSync(join(root, `owners/${uid}/file`), 3000, uid);
    lchownSync(join(root, `owners/${uid}/link`), gid, 4000);
    chownSync(join(root, `owners/${uid}`), uid, gid);
  }
}
