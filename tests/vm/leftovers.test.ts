// What killed programs left beside their shares: only what is dead for certain goes.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env, execPath, pid } from "node:process";
import { clearLeftovers } from "../../vm/mod.ts";
import { Child } from "../support/child.ts";
import { runCommand } from "../support/cli/run-command.ts";
import { packageRoot } from "../support/package-root.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// A process that is named by what it makes, and lives until it is killed.
const program = `
  const { ownedName } = await import(process.argv[1]);
  console.log(ownedName(process.argv[2]));
  setInterval(() => {}, 1000);
`;

async function namedChild(kind: "socket" | "scratch"): Promise<{ child: Child; name: string }> {
  const file = join(packageRoot, "dist/vm/owner/names.js");
  const node = env.GUESTSHARE_TEST_NODE ?? execPath;
  const child = new Child([node, "--input-type=module", "-e", program, "--", file, kind]);
  return { child, name: await child.line() };
}

/** What is said of what is in a place, and what is there afterwards. */
function cleared(scratch: Scratch, remove: boolean): { said: string[]; left: string[] } {
  const place = `${scratch.path}/run`;
  const found = clearLeftovers({ env: { XDG_RUNTIME_DIR: place }, remove }).filter(({ path }) =>
    path.startsWith(place),
  );
  const said = found.map(({ path, state, isRemoved, error }) =>
    [path.slice(place.length + 1), state, isRemoved, (error as NodeJS.ErrnoException)?.code ?? ""].join(" "),
  );
  return { said, left: readdirSync(place).sort() };
}

/** A directory as a virtiofsd has it for its socket. */
function makeRoom(scratch: Scratch, name: string): string {
  for (const file of ["virtiofsd.sock", "virtiofsd.sock.pid"]) scratch.file(`run/${name}/${file}`, "");
  return name;
}

mountTest(
  "what a process made is in use as long as it lives, and goes when it has ended",
  async (scratch) => {
    const { child, name } = await namedChild("socket");
    makeRoom(scratch, name);
    assert.deepEqual(cleared(scratch, true), { said: [`${name} alive false `], left: [name] });
    await child.kill();
    assert.deepEqual(cleared(scratch, false), { said: [`${name} dead false `], left: [name] });
    assert.deepEqual(cleared(scratch, true), { said: [`${name} dead true `], left: [] });
  },
);

mountTest("a process that has the number now is not the one that made it", async (scratch) => {
  const { child, name } = await namedChild("socket");
  await child.kill();
  // As if this process had got its number: all is the same but when it started.
  const reused = name.replace(/-\d+-/, `-${pid}-`);
  makeRoom(scratch, reused);
  assert.deepEqual(cleared(scratch, true), { said: [`${reused} dead true `], left: [] });
});

mountTest("what was made elsewhere is left alone, and what is none of ours is not named", async (scratch) => {
  const { child, name } = await namedChild("scratch");
  await child.kill();
  const elsewhere = name.replace(/-[0-9a-f]{8}(?=-[0-9a-f]{6}$)/, (here) =>
    here === "-00000000" ? "-11111111" : "-00000000",
  );
  for (const each of [elsewhere, name.slice(0, -1), "guestshare-virtiofsd-", "guestshare-x"])
    scratch.directory(`run/${each}`);
  const mine = scratch.directory("mine");
  symlinkSync(mine, `${scratch.path}/run/${name.slice(0, -6)}aaaaaa`);
  scratch.file(`run/${name.slice(0, -6)}bbbbbb`, "");
  mkdirSync(`${scratch.path}/run/${name.slice(0, -6)}cccccc`);
  const before = readdirSync(`${scratch.path}/run`).sort();
  const { said, left } = cleared(scratch, true);
  assert.deepEqual(
    said.filter((line) => !line.includes("cccccc")),
    [`${elsewhere} unknown false `],
  );
  assert.deepEqual(
    left,
    before.filter((each) => !each.endsWith("cccccc")),
  );
});

mountTest("what somebody else put there stays, and is said", async (scratch) => {
  const { child, name } = await namedChild("socket");
  await child.kill();
  makeRoom(scratch, name);
  const own = scratch.file(`run/${name}/precious`, "content");
  assert.deepEqual(cleared(scratch, true), { said: [`${name} dead false ENOTEMPTY`], left: [name] });
  assert.deepEqual(readdirSync(`${scratch.path}/run/${name}`), ["precious"]);
  renameSync(own, `${scratch.path}/precious`);
  mkdirSync(`${scratch.path}/run/${name}/virtiofsd.sock`);
  writeFileSync(`${scratch.path}/run/${name}/virtiofsd.sock/file`, "");
  const { left } = cleared(scratch, true);
  assert.deepEqual(left, [name]);
  assert.ok(existsSync(`${scratch.path}/run/${name}/virtiofsd.sock/file`));
});

mountTest("gc names them, and removes them with --yes", async (scratch) => {
  const { child, name } = await namedChild("scratch");
  const path = scratch.directory(`run/${name}`);
  const setting = { env: { XDG_RUNTIME_DIR: `${scratch.path}/run`, TMPDIR: scratch.path } };
  const gc = (...more: readonly string[]) => runCommand(["gc", "--grace", "0", ...more], setting);
  assert.match(gc("--yes").stdout, new RegExp(`\n${path} +alive +the process that made it lives`));
  await child.kill();
  const dry = gc("--exit-code");
  assert.equal(dry.exitCode, 2);
  assert.match(dry.stdout, new RegExp(`\n${path} +dead +the process that made it has ended`));
  assert.match(dry.stderr, / and \d+ leftovers?\. Nothing was removed: --yes/);
  assert.ok(existsSync(path));
  const { leftovers } = JSON.parse(gc("--yes", "--json").stdout);
  assert.ok(
    leftovers.some((each: { path: string; isRemoved: boolean }) => each.path === path && each.isRemoved),
  );
  assert.ok(!existsSync(path));
});
