import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shellWord } from "../../cli/print/shell-quote.ts";
import { runScript, shells } from "../support/cli/run-script.ts";
import { rounds } from "../support/sample.ts";

// How a shell reads what a script has for a text.

const rows: readonly (readonly [text: string, word: string])[] = [
  ["/run/a-b_c.d", "/run/a-b_c.d"],
  ["", "''"],
  ["/a b", "'/a b'"],
  ["/it's", "'/it'\\''s'"],
  ['/$(rm)`x`"*~', "'/$(rm)`x`\"*~'"],
  ["/ü", "'/ü'"],
  ["/a\nb", "\"$(printf '/a\\012b')\""],
  ["/a\n\n", "\"$(printf '/a')\n\n\""],
  ["/100%\u001b\\'", "\"$(printf '/100%%\\033\\\\\\047')\""],
  ["/\u202e\u0085", "\"$(printf '/\\342\\200\\256\\302\\205')\""],
];

test("a text is one word of a shell, without anything that a terminal obeys", () => {
  for (const [text, word] of rows) assert.equal(shellWord(text), word);
});

for (const shell of shells)
  test(`${shell} reads every word as the text that it was`, () => {
    const character = fc.constantFrom(
      ..."ab/'\"$`\\%&;|<>()*?[]~#!=\n\r\t \u001b\u007f\u0085\u0081ü\u202e\u2028😀",
    );
    const texts = fc.sample(
      fc.oneof(
        fc.string({ unit: character }),
        fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\0", "")),
      ),
      { numRuns: rounds(500, 200), seed: 7 },
    );
    texts.push(...rows.map(([text]) => text));
    const { stdout } = runScript(shell, `printf '%s\\0' ${texts.map(shellWord).join(" ")}\n`);
    assert.deepEqual(stdout.split("\0").slice(0, -1), texts);
  });
