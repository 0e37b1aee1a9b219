import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf } from "../../cli/explain.ts";
import { columnLines } from "../../cli/print/columns.ts";
import { escaped } from "../../cli/print/escaped.ts";
import { garbageLines } from "../../cli/print/garbage.ts";
import { byteText, durationText } from "../../cli/print/number-text.ts";
import { ProgressLine, progressText } from "../../cli/print/progress.ts";

// What commands print, as far as it is a pure function.

test("amounts and times are written as people say them", () => {
  const bytes = [0, 1023, 1024, 1536, 104_857_600, 1_500_000_000_000].map(byteText);
  assert.deepEqual(bytes, ["0 B", "1023 B", "1 KiB", "1.5 KiB", "100 MiB", "1.4 TiB"]);
  const times = [0, 1, 59_000, 60_500, 7_265_000].map(durationText);
  assert.deepEqual(times, ["0 s", "1 s", "59 s", "1 min 1 s", "2 h 1 min"]);
});

test("columns stand below each other, whatever room their characters take", () => {
  assert.deepEqual(
    columnLines(
      ["A", "B"],
      [
        ["文件", "1"],
        ["e\u0301", "2"],
        ["abcde", "3"],
      ],
    ),
    ["A      B", "文件   1", "e\u0301      2", "abcde  3"],
  );
});

test("where not each process may be looked at, gc names the command that removes a sandbox all the same", () => {
  const unseen = { state: "unknown", reason: "not-all-seen", isRemoved: false } as const;
  const [, line] = garbageLines({
    results: [{ id: "s1", directory: "/h d/s1", ...unseen }],
    leftovers: [],
  });
  assert.match(
    line ?? "",
    /looked at; if you know that it is dead: guestshare cleanup --id s1 --host-dir '\/h d'$/,
  );
});

test("where no process of a sandbox's mount namespace is seen, cleanup --force is named", () => {
  const error = Object.assign(new Error("Cannot read: EBUSY"), { name: "NamespaceError", code: "EBUSY" });
  assert.match(failureOf(error).next, /^run it in that namespace; .*`guestshare cleanup --force`/);
});

test("what the library advises its callers is a command", () => {
  for (const [reason, next] of [
    ["something else is mounted where shares go; call cleanup first", /`guestshare cleanup --id SANDBOX`/],
    ["the hub is not mounted; call prepare", /`guestshare apply --id SANDBOX`/],
    ["the sandbox is not prepared; call prepare first", /`guestshare apply --id SANDBOX`/],
    ["the source is inside a sandbox's directory; share what it was made from", /`guestshare list -o/],
  ] as const) {
    const cause = Object.assign(new Error(), { name: "SyscallError", code: "ENOENT", reason });
    const step = { op: "view", source: "/run/s1/mounts" };
    const error = Object.assign(new Error("Cannot", { cause }), { name: "StepError", code: "ENOENT", step });
    assert.match(failureOf(error).next, next);
  }
});

test("no text of others moves a cursor, turns a line around, or ends it", () => {
  for (const [text, shown] of [
    ["plain äß文", "plain äß文"],
    ["a\x1b[2Jb\nc\x7f", "a\\x1b[2Jb\\x0ac\\x7f"],
    ["\u202egnp.exe\u2066\ufeff", "\\u{202e}gnp.exe\\u{2066}\\u{feff}"],
    ["\u2028\u009b", "\\u{2028}\\x9b"],
    ["byte \udcff", "byte \\xff"],
  ] as const)
    assert.equal(escaped(text), shown);
});

test("progress has a rate and the time left once both are known", () => {
  const total = { entries: 4, bytes: 4096 };
  assert.equal(progressText({ entries: 1, bytes: 1024, total }, 0), "1 of 4 entries, 1 KiB of 4 KiB");
  assert.equal(
    progressText({ entries: 1, bytes: 1024, total }, 2000),
    "1 of 4 entries, 1 KiB of 4 KiB, 512 B/s, 6 s left",
  );
  assert.equal(progressText({ entries: 1, bytes: 1024 }, 1000), "1 entry, 1 KiB, 1 KiB/s");
  const links = { entries: 2, bytes: 0 };
  assert.match(progressText({ entries: 1, bytes: 0, total: links }, 1000), /0 B\/s, 1 s left$/);
  assert.match(progressText({ entries: 9, bytes: 9999, total }, 1000), /, 0 s left$/);
});

test("progress is drawn over on a terminal, a line now and then elsewhere, and nothing where it is quiet", () => {
  for (const [isTerminal, isQuiet, expected] of [
    [true, false, "\r…mage: 2 entries, 2 B, 20 B/s\x1b[K\r…image: 9 entries, 9 B, 1 B/s\x1b[K\r\x1b[K"],
    [false, false, "/a/long/path/of/an/image: 9 entries, 9 B, 1 B/s\n"],
    [true, true, ""],
  ] as const) {
    const written: string[] = [];
    let time = 0;
    const output = { isTerminal, columns: 30, write: (text: string) => void written.push(text) };
    const line = new ProgressLine(output, { isQuiet, now: () => time });
    for (const [at, count] of [
      [50, 1],
      [100, 2],
      [150, 3],
      [12_000, 9],
    ] as const) {
      time = at;
      line.show("/a/long/path/of/an/image", { entries: count, bytes: count });
    }
    line.clear();
    assert.equal(written.join(""), expected);
  }
});
