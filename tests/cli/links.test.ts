import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { tableTextOf } from "../../cli/link/table-text.ts";
import { stateOf } from "../../link/hash.ts";
import type { PageState } from "../../link/state.ts";
import type { PlanRequest } from "../../mod.ts";
import { auditTable, readMountinfo, recognise } from "../../table/mod.ts";
import { nodeTable } from "../support/browser/node-table.ts";
import { commandHere } from "../support/cli/command-here.ts";
import { packageRoot } from "../support/package-root.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare plan --link`, `audit --link` and `list --link`: the address of the page, with what is planned or found in it.

const page = pathToFileURL(`${packageRoot}/dist/preview/index.html`).href;

/** The state in the one link that a command said. */
async function stateIn(said: string, base = page): Promise<PageState> {
  const [link = "", ...others] = said.match(/\b(?:file|https?):\S+/g) ?? [];
  assert.deepEqual(others, []);
  assert.ok(link.startsWith(`${base}#1.`), link);
  const read = await stateOf(new URL(link).hash);
  assert.ok("state" in read, link);
  return read.state;
}

mountTest(
  "plan --link says where the page draws the plan, with what was seen of its sources",
  async (scratch) => {
    const words = [
      "plan",
      "--id",
      "s1",
      "--host-dir",
      scratch.hostDir,
      "-v",
      `${scratch.file("data")}:/d:ro`,
    ];
    const { exitCode, stdout, stderr } = await commandHere([...words, "--link"]);
    assert.equal(exitCode, 0, stderr);
    assert.equal(
      stdout.replace(/[0-9a-f]{16}/g, ""),
      (await commandHere(words)).stdout.replace(/[0-9a-f]{16}/g, ""),
    );
    assert.match(stderr, /^The page draws it: file:\S+\n$/);
    const { from, request } = await stateIn(stderr);
    const [prepare, share] = JSON.parse(request) as PlanRequest[];
    assert.deepEqual([from, prepare?.op, share?.op], ["request", "prepare", "shareFile"]);
    assert.ok(share?.op === "shareFile" && share.mount.facts?.kind === "file");
    const json = await commandHere([...words, "--link", "--json"]);
    const { link, operations } = JSON.parse(json.stdout);
    assert.equal(json.stderr, "");
    const same = JSON.parse((await stateIn(link)).request) as PlanRequest[];
    assert.deepEqual(
      same,
      operations.map((one: { request: PlanRequest }) => one.request),
    );
  },
);

test("GUESTSHARE_PAGE says where the page is, and what is no address of a page is refused", async () => {
  const words = ["plan", "--offline", "--quiet", "--link", "--id", "s1"];
  const at = (address: string) => commandHere(words, { env: { GUESTSHARE_PAGE: address } });
  for (const [address, base] of [
    ["https://docs.example/page/", "https://docs.example/page/"],
    ["http://127.0.0.1:8080/token/index.html#old", "http://127.0.0.1:8080/token/index.html"],
    ["", page],
  ] as const)
    assert.equal((await stateIn((await at(address)).stderr, base)).from, "request");
  for (const address of ["docs.example/page", "javascript:alert(1)", "ftp://docs.example/"]) {
    const { exitCode, stdout, stderr } = await at(address);
    assert.deepEqual([exitCode, stdout], [64, ""]);
    assert.match(stderr, /Cannot link to ".*"\n.*\n {2}next: give GUESTSHARE_PAGE an address such as https/);
  }
});

test("what is too long for a link is told, and the plan is printed all the same", async () => {
  // Compression does not shorten these.
  const names = Array.from({ length: 1000 }, (_, at) =>
    createHash("sha256").update(String(at)).digest("hex"),
  );
  const mounts = names.map((name) => ({
    destination: `/${name}`,
    source: `/srv/${name}`,
    options: ["bind"],
  }));
  const container = { id: "c1", rootFs: { target: "/r" }, mounts };
  const stdin = JSON.stringify({ op: "shareContainer", sandbox: { id: "s1" }, container });
  const { exitCode, stdout, stderr } = await commandHere(["plan", "--offline", "--link", "-"], { stdin });
  assert.equal(exitCode, 0);
  assert.match(stdout, /\n\d{4} to add, 0 to remove, 0 unchanged\.\n$/);
  assert.match(
    stderr,
    /^This is too long for a link, \d{5} characters of 32000: guestshare preview shows it\.$/m,
  );
});

mountTest(
  "audit --link says where the page draws the sandboxes with a finding; list --link, all",
  async (scratch) => {
    for (const id of ["good", "bad"]) await scratch.share({ id }).prepare();
    const stray = `${scratch.hostDir}/bad/mounts/.users/sandbox-8899aabbccddeeff-gone`;
    mkdirSync(stray, { recursive: true });
    const words = ["--host-dir", scratch.hostDir, "--link"];
    const seen = async (said: string) => {
      const { from, table } = await stateIn(said);
      assert.equal(from, "table");
      return recognise(readMountinfo(table).mounts, { hostDir: scratch.hostDir }).map(({ id }) => id);
    };
    const audited = await commandHere(["audit", ...words]);
    assert.match(audited.stdout, /^bad: users-without-share /);
    assert.deepEqual(await seen(audited.stderr), ["bad"]);
    assert.deepEqual(await seen(JSON.parse((await commandHere(["audit", ...words, "--json"])).stdout).link), [
      "bad",
    ]);
    assert.deepEqual(await seen((await commandHere(["list", ...words])).stderr), ["bad", "good"]);
    assert.deepEqual(await seen(JSON.parse((await commandHere(["list", ...words, "--json"])).stdout).link), [
      "bad",
      "good",
    ]);
    const none = await commandHere(["audit", ...words, "--id", "good"]);
    assert.deepEqual([none.exitCode, none.stderr], [0, "Nothing is wrong.\n"]);
  },
);

mountTest("there is no link to sandboxes of which nothing is mounted, and that is told", async (scratch) => {
  mkdirSync(`${scratch.hostDir}/s3/mounts`, { recursive: true });
  const { stdout, stderr } = await commandHere(["audit", "--link", "--host-dir", scratch.hostDir]);
  assert.match(stdout, /^s3: empty-sandbox /);
  assert.equal(stderr, "Nothing of it is mounted here: the page has nothing to draw.\n");
});

test("a link has no more of the mount table than sandboxes need, and the page finds the same of them", () => {
  const whole = readMountinfo(nodeTable(40)).mounts;
  const one = (mounts: typeof whole, id: string) => ({
    found: recognise(mounts).filter((sandbox) => sandbox.id === id),
    findings: auditTable(mounts).filter(({ sandbox }) => sandbox === id),
  });
  for (const [at, { id, directory }] of recognise(whole).entries()) {
    const text = tableTextOf(Buffer.from(nodeTable(40)), new Set([directory]));
    const { mounts } = readMountinfo(text);
    assert.ok(mounts.length < 20, `${id}: ${mounts.length} mounts`);
    assert.deepEqual(one(mounts, id), one(whole, id));
    assert.ok(at % 2 === 1 || one(mounts, id).findings.length > 0, id);
  }
  const here = readFileSync("/proc/self/mountinfo");
  assert.equal(tableTextOf(here, new Set()), "");
  assert.equal(tableTextOf(here, new Set(["/"])), here.toString());
});
