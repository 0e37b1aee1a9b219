import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// It shares no code with the copier, not even the language. One process answers all questions: its start takes longest.
const program = `
import hashlib, os, stat, sys
questions, answers = open(sys.argv[1], "rb", 0), open(sys.argv[2], "wb")
def lines(path, shown):
    s = os.lstat(path)
    if stat.S_ISLNK(s.st_mode): what = "-> " + os.fsdecode(os.readlink(path))
    elif stat.S_ISREG(s.st_mode):
        h = hashlib.sha256()
        with open(path, "rb") as f:
            for piece in iter(lambda: f.read(1 << 20), b""): h.update(piece)
        what = "%d %s" % (s.st_size, h.hexdigest())
    else: what = ""
    yield "%s %s %d %d %s\\n" % (ascii(os.fsdecode(shown)), oct(s.st_mode), s.st_uid, s.st_gid, what)
    if stat.S_ISDIR(s.st_mode):
        for name in sorted(os.listdir(path)): yield from lines(os.path.join(path, name), os.path.join(shown, name))
while length := int(questions.readline() or 0):
    root = questions.read(length)
    listed = "".join(lines(root, b".") if os.path.lexists(root) else []).encode("utf-8", "surrogateescape")
    answers.write(b"%d\\n%s" % (len(listed), listed))
    answers.flush()
`;

/** All that is in a tree, a line for each: name, kind and mode, owner, group, and its contents. */
export function listing(path: string): string[] {
  pipes ??= start();
  const question = Buffer.from(path);
  writeSync(pipes.questions, Buffer.concat([Buffer.from(`${question.length}\n`), question]));
  let length = "";
  for (let digit = read(1); digit !== "\n"; digit = read(1)) length += digit;
  return read(Number(length))
    .split("\n")
    .filter((line) => line !== "");
}

let pipes: { readonly questions: number; readonly answers: number } | undefined;

// It ends when this process does, whose end of the pipes is closed then.
function start(): { questions: number; answers: number } {
  const directory = mkdtempSync(join(tmpdir(), "guestshare-listing-"));
  const names = ["questions", "answers"].map((name) => join(directory, name)) as [string, string];
  try {
    execFileSync("mkfifo", names);
    spawn("python3", ["-c", program, ...names], { stdio: ["ignore", "ignore", "inherit"] }).unref();
    return { questions: openSync(names[0], "w"), answers: openSync(names[1], "r") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function read(length: number): string {
  const bytes = Buffer.alloc(length);
  for (let filled = 0; filled < length; ) {
    const count = readSync(pipes?.answers as number, bytes, filled, length - filled, null);
    if (count === 0) {
      pipes = undefined;
      throw new Error("Cannot list a tree: it changed meanwhile, or the program that lists it has ended");
    }
    filled += count;
  }
  return bytes.toString();
}
