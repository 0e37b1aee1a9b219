import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { shellWord } from "../../vm/guest/shell/word.ts";
import { unicodeText } from "../support/arbitrary/texts.ts";
import { rounds } from "../support/sample.ts";
import { mountTest } from "../support/scratch.ts";
import { PlayedGuest } from "./support/played-guest.ts";
import { shells } from "./support/shells.ts";

const done = { status: 0, said: "" };
const odd = [
  " ",
  "'",
  '"',
  "$",
  "`",
  "\\",
  "\n",
  "\t",
  "*",
  "[a]",
  "?",
  "-",
  "--",
  "~",
  "#",
  "%",
  "%2F",
  "!",
  "&",
  ";",
  "|",
  "<",
];
const bytes = ["\u0001", "\u007f", "\u0081", "\u0088", "é", "\u{1F600}", "\u200f"];
const piece = fc.constantFrom("a", "$(id)", `\${x}`, "\\012", "=", ",", ":", ...odd, ...bytes);
const anyName = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));
const target = fc
  .array(anyName, { minLength: 1, maxLength: 2 })
  .map((names) => `/${names.join("/")}`)
  .filter((path) => Buffer.byteLength(path) < 50 && !/\/(?:run|tmp)(?:\/|$)/.test(path));
// No target twice, none where another is a file, and none below another one: that is read-only, and no place can be made in it.
const targets = fc
  .uniqueArray(target, { minLength: 1, maxLength: 4 })
  .filter((all) => !all.some((one) => all.some((other) => one.startsWith(`${other}/`))));

for (const { name, shell } of shells) {
  mountTest(`${name}: a target of any name is that place and no other`, async (scratch) => {
    const guest = await new PlayedGuest(scratch, shell).start();
    const check = (places: readonly string[], file: string) => {
      const shares = [
        ...places.map((place) => guest.share(place, { mode: "ro" })),
        guest.share(`/file/${file}`, { content: file }),
      ];
      const mounts = guest.mountsOf(...shares);
      assert.deepEqual(guest.apply(mounts), done);
      const expected = shares.map((share) => `${share.target.slice(guest.path.length)} /${share.name}`);
      const table = () =>
        guest
          .table()
          .slice(1)
          .map((line) => line.replace(/ ro$/, ""));
      assert.deepEqual(table().sort(), expected.sort());
      const before = guest.mounts();
      assert.deepEqual(guest.apply(mounts), done);
      assert.deepEqual(guest.mounts(), before);
      assert.deepEqual(guest.apply(guest.mountsOf()), done);
      assert.deepEqual(table(), []);
      for (const share of shares) guest.unshare(share);
    };
    try {
      fc.assert(fc.property(targets, anyName, check), { numRuns: rounds(60, 10) });
    } finally {
      await guest.end();
    }
  });
}

const anyText = unicodeText().filter((text) => !/[\0\p{Surrogate}]/u.test(text));

for (const { name, shell } of shells) {
  test(`${name}: a word of any text is that text`, () => {
    const check = (words: readonly string[]) => {
      const input = `printf '%s\\0' ${words.map(shellWord).join(" ")}\n`;
      const { stdout, stderr } = spawnSync(shell[0], shell.slice(1), { input, encoding: "utf8" });
      assert.deepEqual([stdout.split("\0").slice(0, -1), stderr], [words, ""]);
    };
    const texts = fc.array(fc.oneof(anyText, anyName), { minLength: 30, maxLength: 60 });
    fc.assert(fc.property(texts, check), { numRuns: rounds(30, 5) });
  });
}
