import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { curvePath, loopPath, pictureOfPlans, svgOf } from "../../picture/mod.ts";
import { fixtureDirectory } from "../support/fixtures/fixtures.ts";
import { samplePictures } from "../support/picture/samples.ts";

// The files are drawn anew by `npm run fixtures`. They open in any browser: look at them before they are committed.

const directory = join(fixtureDirectory, "pictures");
const samples = Object.entries(samplePictures());

for (const [name, svg] of samples)
  test(`${name} is drawn as it was looked at`, () => {
    assert.equal(svg, readFileSync(join(directory, name), "utf8"));
  });

test("there are no other pictures", () => {
  assert.deepEqual(readdirSync(directory).sort(), samples.map(([name]) => name).sort());
});

test("an SVG is well-formed: elements are closed in their order, and text has no bare markup", () => {
  for (const [name, svg] of samples) {
    const open: string[] = [];
    const rest = svg.replace(
      /<(\/?)([\w?]+)((?: [\w:-]+="[^"<&]*")*)\s*([/?]?)>/g,
      (_, closing, element, __, empty) => {
        if (closing) assert.equal(open.pop(), element, name);
        else if (!empty) open.push(element);
        return "";
      },
    );
    assert.deepEqual(open, [], name);
    assert.doesNotMatch(rest, /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/, name);
  }
});

test("an SVG loads nothing, runs nothing, and has a title and the legend of its signs", () => {
  for (const [name, svg] of samples) {
    assert.doesNotMatch(svg, /href|url\(|@import|<script| on\w+=/, name);
    assert.match(svg, /role="img">\n<title>A [^<]+<\/title>/);
    for (const text of [
      "B bound: the same files",
      "~ copied anew when the host's changes",
      "! something is wrong",
    ])
      assert.ok(svg.includes(text.replace("'", "&#39;")), text);
  }
});

test("a picture of nothing is its headings and its legend", () => {
  const svg = svgOf(pictureOfPlans([]));
  assert.match(svg, /<title>Storage layout<\/title>/);
  assert.doesNotMatch(svg, /class="row"|<path/);
});

test("a curve is level at both ends, and one in its own column comes back from the right", () => {
  assert.equal(curvePath({ x: 0, y: 0 }, { x: 100, y: 40 }), "M0,0 C50,0 50,40 100,40");
  assert.equal(curvePath({ x: 0.04, y: 0 }, { x: 10, y: 4 }), "M0,0 C24,0 -14,4 10,4");
  assert.equal(loopPath({ x: 10, y: 0 }, { x: 20, y: 40 }, 60), "M10,0 C60,0 60,40 20,40");
});
