import assert from "node:assert/strict";
import { test } from "node:test";
import { escaped as printed } from "../../cli/print/escaped.ts";
import { loadSync, type PlanRequest } from "../../mod.ts";
import { escaped, type Picture, pictureOfPlans, pictureOfTable, svgOf } from "../../picture/mod.ts";
import { readMountinfo, recognise } from "../../table/mod.ts";
import { assertWhole } from "../support/picture/assert-whole.ts";
import { rowsOf } from "../support/picture/lines.ts";

// Names of others that would like to be markup, commands of a terminal, another order of reading, or very many.

const core = loadSync();

function pictureOf(destinations: readonly string[]): Picture {
  const request: PlanRequest = {
    op: "shareContainer",
    sandbox: { id: "s1" },
    container: {
      id: "c1",
      rootFs: { target: "/r" },
      mounts: destinations.map((destination, at) => ({ source: `/s${at}`, destination, options: ["bind"] })),
    },
    random: destinations.map((_, at) => at.toString(16).padStart(16, "0")),
  };
  return pictureOfPlans([{ request, plan: core.plan(request) }]);
}

/** The names of the elements of an SVG, in order: markup of a name would be among them. */
function elementsOf(svg: string): Set<string> {
  return new Set(Array.from(svg.matchAll(/<\/?([^\s>/]+)/g), ([, name = ""]) => name));
}

const own = ["?xml", "svg", "title", "style", "rect", "text", "path", "g"];

test("markup in a name is text", () => {
  const names = ["/<script>alert(1)</script>", "/</text><image href='x'/>", '/" onload="x', "/&lt;", "/]]>"];
  const svg = svgOf(pictureOf(names), { title: "</title><script>" });
  assert.deepEqual([...elementsOf(svg)].sort(), own.sort());
  assert.doesNotMatch(svg, /="[^"]*onload/);
  for (const text of ["/&lt;script&gt;alert(1)&lt;/script&gt;", "/&amp;lt;", "&quot; onload=&quot;x"])
    assert.ok(svg.includes(text), text);
});

test("control characters, marks of direction and what XML cannot have are shown as numbers", () => {
  const svg = svgOf(
    pictureOf(["/a\x1b[31m", "/b\u202egnp.exe", "/c\u2066\u200f", "/d\ufffe", "/e\nf", "/g\u0085"]),
  );
  for (const text of [
    "/a\\x1b[31m",
    "/b\\u{202e}gnp.exe",
    "/c\\u{2066}\\u{200f}",
    "/d\\u{fffe}",
    "/e\\x0af",
    "/g\\x85",
  ])
    assert.ok(svg.includes(`>${text}</text>`), text);
  assert.doesNotMatch(svg, /[^\P{C}\n]/u);
});

test("names are shown as the command line prints them, but for what XML cannot have", () => {
  const others = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter(
    (character) => escaped(character) !== printed(character),
  );
  assert.deepEqual(others, ["\ufffe", "\uffff"]);
});

test("a byte of a table that is no UTF-8 is shown as a number", () => {
  const table = Buffer.from(
    [
      "1 0 254:0 / / rw,relatime - ext4 /dev/vda rw",
      "2 1 0:40 / /s/s1/mounts rw,nosuid,nodev,noexec,relatime shared:1 - tmpfs guestshare rw",
      "3 2 254:0 /\xff /s/s1/mounts/c1-0011223344556677-\xff rw,relatime shared:2 - ext4 /dev/vda rw",
      "",
    ].join("\n"),
    "latin1",
  );
  const picture = pictureOfTable(recognise(readMountinfo(table).mounts));
  assert.equal(picture.columns.host[0]?.label, "/\udcff");
  assert.ok(svgOf(picture).includes(">c1-0011223344556677-\\xff</text>"));
});

test("a path of very many names is one row, and its label keeps both ends", () => {
  const path = `/begin${"/a".repeat(500_000)}/end`;
  const picture = pictureOf([path]);
  assertWhole(picture);
  assert.equal(picture.columns.guest.at(-1)?.label, path);
  assert.match(svgOf(picture), />\/begin\/a[/a]*…[/a]*\/a\/end<\/text>/);
});

test("mounts each below the one before are as many rows, and the drawing is not wider for them", () => {
  const destinations = Array.from({ length: 400 }, (_, at) => "/d".repeat(at + 1));
  const picture = pictureOf(destinations);
  assertWhole(picture);
  assert.equal(picture.columns.guest.at(-1)?.depth, 402);
  const widths = (svg: string) => svg.match(/<svg [^>]*width="(\d+)"/)?.[1];
  const svg = svgOf(picture);
  assert.equal(widths(svg), widths(svgOf(pictureOf(["/d"]))));
  const places = Array.from(svg.matchAll(/ x="([\d.]+)"/g), ([, x]) => Number(x));
  assert.ok(Math.max(...places) < Number(widths(svg)));
});

test("names that look like ids of other rows do not take their place", () => {
  const destinations = ["/a", "/a", "/a#1", "/a\n#1", "/a#1", "/"];
  const picture = pictureOf(destinations);
  assertWhole(picture);
  const shown = rowsOf(picture).filter(({ kind }) => kind === "mount");
  assert.equal(shown.length, destinations.length);
});

test("a name that is wider than its letters is cut where its column ends", () => {
  const svg = svgOf(pictureOf([`/${"漢".repeat(200)}`, `/${"e\u0301".repeat(200)}`]));
  const [wide = "", combined = ""] = Array.from(
    svg.matchAll(/>(\/[^<]*…[^<]*)<\/text>/g),
    ([, text]) => text,
  );
  assert.ok(wide.length < 25, wide);
  assert.ok(combined.length > 70 && combined.length < 110, combined);
});
