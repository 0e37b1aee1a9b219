import { execFileSync } from "node:child_process";

// It shares no code with the copier, not even the language.
const program = `
import hashlib, os, stat, sys
root = os.fsencode(sys.argv[1])
def say(path, shown):
    s = os.lstat(path)
    if stat.S_ISLNK(s.st_mode): what = "-> " + os.fsdecode(os.readlink(path))
    elif stat.S_ISREG(s.st_mode):
        h = hashlib.sha256()
        with open(path, "rb") as f:
            for piece in iter(lambda: f.read(1 << 20), b""): h.update(piece)
        what = "%d %s" % (s.st_size, h.hexdigest())
    else: what = ""
    print(ascii(os.fsdecode(shown)), oct(s.st_mode), s.st_uid, s.st_gid, what)
    if stat.S_ISDIR(s.st_mode):
        for name in sorted(os.listdir(path)): say(os.path.join(path, name), os.path.join(shown, name))
if os.path.lexists(root): say(root, b".")
`;

/** All that is in a tree, a line for each: name, kind and mode, owner, group, and its contents. */
export function listing(path: string): string[] {
  const output = execFileSync("python3", ["-c", program, path], { maxBuffer: 2 ** 28 }).toString();
  return output.split("\n").filter((line) => line !== "");
}
