import assert from "node:assert/strict";
import { test } from "node:test";
import { findingOf, sentenceOf, shown, verdictOf } from "../../node/gate/finding.ts";

const rows: readonly (readonly [text: string, line: string])[] = [
  ["/srv/a", '"/srv/a"'],
  ["", '""'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ["\n\r\t\u001b[2J\u0000\u007f\u0085", '"\\u{a}\\u{d}\\u{9}\\u{1b}[2J\\u{0}\\u{7f}\\u{85}"'],
  ["\u202e\u2066\u200b\u2028\ufeff", '"\\u{202e}\\u{2066}\\u{200b}\\u{2028}\\u{feff}"'],
  ["\ud800x\udfff", '"\\u{d800}x\\u{dfff}"'],
  ["é€😀", '"é€😀"'],
  ["a".repeat(160), `"${"a".repeat(160)}"`],
  ["a".repeat(161), `"${"a".repeat(160)}…"`],
  ["\u202e".repeat(161), `"${"\\u{202e}".repeat(20)}…"`],
  [`${"a".repeat(159)}😀`, `"${"a".repeat(159)}…"`],
];

for (const [text, line] of rows) {
  test(`a stranger's text is shown as ${line.slice(0, 60)}`, () => assert.equal(shown(text), line));
}

test("a finding is a sentence that names mount, rule and plugin", () => {
  const mount = { path: "adjust.mounts[0]", destination: "/host", source: "/run", plugin: "05-other" };
  assert.equal(
    sentenceOf(findingOf(mount, "runtime-socket", "refuse.runtimeSockets", 'it has "/run/docker.sock"')),
    'Cannot mount "/run" on "/host" (adjust.mounts[0], set by "05-other"): runtime-socket (it has "/run/docker.sock"; rule refuse.runtimeSockets)',
  );
});

test("the longest finding is in the verdict, which is never longer than a runtime takes", () => {
  for (const character of ["\u202e", "\u0000", "€", "😀", '"', "\ud800"]) {
    const text = character.repeat(4000);
    const mount = { path: "container.mounts[99999]", destination: text, source: text, plugin: text };
    for (const count of [1, 2, 5000]) {
      const verdict = verdictOf(
        Array(count).fill(findingOf(mount, "refused-path", "refuse.paths[999]", shown(text))),
      );
      assert.match(verdict, /^Cannot mount ".*\(container\.mounts\[99999\]/u);
      assert.ok(
        verdict.length < 2000 && new TextEncoder().encode(verdict).length < 4000,
        `${verdict.length}`,
      );
      if (count !== 2) assert.equal(/; and \d+ more$/.test(verdict), count === 5000);
    }
  }
});
