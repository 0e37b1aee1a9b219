import assert from "node:assert/strict";
import { test } from "node:test";
import { commandHere } from "../support/cli/command-here.ts";
import { mountTest, random } from "../support/scratch.ts";

// `guestshare plan --format svg` and `guestshare list --format svg`.

const textsOf = (svg: string) =>
  Array.from(svg.matchAll(/<text class="(\w+)[^>]*>([^<]*)<\/text>/g), ([, kind, text]) => `${kind} ${text}`);

test("plan --format svg draws what would be made, and says nothing else there", async () => {
  const words = ["plan", "--offline", "--format", "svg", "--id", "s1", "--container", "c1"];
  const { exitCode, stdout, stderr } = await commandHere([...words, "-v", "/srv/a\u202e:/data:ro"]);
  assert.deepEqual([exitCode, stderr], [0, "Nothing was looked at: this plan cannot be applied.\n"]);
  assert.match(stdout, /^<\?xml [\s\S]*<title>What is planned<\/title>[\s\S]*<\/svg>\n$/);
  const texts = textsOf(stdout);
  for (const text of ["source /srv/a\\u{202e}", "hub mounts", "view shared", "container c1", "mount /data"])
    assert.ok(texts.includes(text), `${text} in ${texts.join(", ")}`);
  assert.equal((await commandHere([...words, "-v", "/srv/a\u202e:/data:ro"])).stdout.length, stdout.length);
});

mountTest(
  "list --format svg draws what is shared, and an empty picture where nothing is",
  async (scratch) => {
    const words = ["list", "--format", "svg", "--host-dir", scratch.hostDir];
    const nothing = await commandHere(words);
    assert.deepEqual([nothing.exitCode, nothing.stderr], [0, ""]);
    assert.doesNotMatch(nothing.stdout, /class="row"/);
    const share = scratch.share();
    await share.prepare();
    const mount = { source: scratch.file("data"), destination: "/d", options: ["ro"] };
    await share.shareFile({ id: "c1" }, mount, { random });
    const { stdout } = await commandHere(words);
    const texts = textsOf(stdout);
    for (const text of [`share c1-${random}-d`, "container c1", "mount d", "signs Br"])
      assert.ok(texts.includes(text), `${text} in ${texts.join(", ")}`);
    assert.equal(stdout.match(/<path /g)?.length, 2);
  },
);

mountTest("list refuses columns for a picture, and --json is --format json", async (scratch) => {
  const words = ["list", "--host-dir", scratch.hostDir];
  const columns = await commandHere([...words, "--format", "svg", "-o", "target"]);
  assert.equal(columns.exitCode, 64);
  assert.match(columns.stderr, /Cannot draw columns\n.*three columns.*\n {2}next: leave out --output\n/);
  assert.equal(
    (await commandHere([...words, "--format", "json"])).stdout,
    (await commandHere([...words, "--json"])).stdout,
  );
});
