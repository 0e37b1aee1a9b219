import assert from "node:assert/strict";
import { existsSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { getgid, getuid } from "node:process";
import type { Agent, CopyFileRequest } from "../../ffi/agent/agent.ts";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import type { Generation } from "../../ffi/guest/generation.ts";
import { type CopyPlace, copyTest, shareDir } from "../support/copy-test.ts";

// The agent's own table of cases (rpc.rs, test_do_copy_file): each goes on where the one before it ended.

const [REG, DIR, LNK] = [0o100000, 0o040000, 0o120000];

interface Row {
  readonly what: string;
  readonly path: string;
  readonly mode: number;
  readonly dirMode?: number;
  readonly data?: string;
  readonly size?: number;
  readonly offset?: number;
  readonly fails?: true;
  /** What is there then: "mode", "mode content", "-> target", or "" for nothing. */
  readonly after: Readonly<Record<string, string>>;
}

const rows: readonly Row[] = [
  { what: "an empty file", path: "f", mode: REG | 0o644, after: { f: "100644 " } },
  {
    what: "a file replaces a file",
    path: "f",
    mode: REG | 0o600,
    data: "Hello!",
    after: { f: "100600 Hello!" },
  },
  {
    what: "missing parents get dir_mode",
    path: "a/b",
    mode: REG | 0o644,
    dirMode: DIR | 0o755,
    after: { a: "40755", "a/b": "100644 " },
  },
  {
    what: "parents that are there keep their mode",
    path: "a/c",
    mode: REG | 0o621,
    dirMode: DIR | 0o700,
    after: { a: "40755", "a/c": "100621 " },
  },
  {
    what: "a directory gets file_mode",
    path: "a/d",
    mode: DIR | 0o755,
    dirMode: DIR | 0o700,
    after: { a: "40755", "a/d": "40755" },
  },
  {
    what: "a directory replaces a file",
    path: "a/b",
    mode: DIR | 0o755,
    dirMode: DIR | 0o700,
    after: { "a/b": "40755" },
  },
  { what: "a file replaces a directory", path: "a/b", mode: REG | 0o644, after: { "a/b": "100644 " } },
  {
    what: "a directory does not replace a directory",
    path: "a",
    mode: DIR | 0o751,
    after: { a: "40751", "a/b": "100644 " },
  },
  {
    what: "a link's mode is ignored",
    path: "a/link",
    mode: LNK | 0o755,
    data: "/etc/passwd",
    size: 0,
    after: { "a/link": "-> /etc/passwd" },
  },
  {
    what: "set-group-id and sticky are for the directory that was asked for",
    path: "x/y",
    mode: DIR | 0o3770,
    dirMode: DIR | 0o3755,
    after: { x: "40755", "x/y": "43770" },
  },
  {
    what: "the first slice gives no file yet",
    path: "x/chunked",
    mode: REG | 0o644,
    data: "Hello ",
    size: 11,
    after: { "x/chunked": "" },
  },
  {
    what: "the last slice does",
    path: "x/chunked",
    mode: REG | 0o644,
    data: "World",
    size: 11,
    offset: 6,
    after: { "x/chunked": "100644 Hello World", "x/chunked.tmp": "" },
  },
  {
    what: "a link on the way is refused",
    path: "a/link/shadow",
    mode: LNK | 0o755,
    data: "root",
    fails: true,
    after: { "a/link": "-> /etc/passwd" },
  },
  {
    what: "a link replaces a link",
    path: "a/link",
    mode: LNK | 0o755,
    data: "/etc",
    size: 0,
    after: { a: "40751", "a/link": "-> /etc" },
  },
  {
    what: "a file replaces a link",
    path: "a/link",
    mode: REG | 0o600,
    data: "Hello!",
    after: { "a/link": "100600 Hello!" },
  },
  {
    what: "outside is refused",
    path: "../not-shared",
    mode: REG | 0o600,
    fails: true,
    after: { "../not-shared": "" },
  },
];

function request({
  path,
  mode,
  dirMode = DIR | 0o755,
  data = "",
  size,
  offset = 0,
}: Omit<Row, "what" | "after">): CopyFileRequest {
  const ids = { uid: getuid?.() ?? 0, gid: getgid?.() ?? 0 };
  const bytes = new TextEncoder().encode(data);
  return {
    path: `${shareDir}/${path}`,
    fileMode: mode,
    dirMode,
    ...ids,
    offset,
    data: bytes,
    fileSize: size ?? bytes.length,
  };
}

function shown(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return "";
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  const mode = stat.mode.toString(8);
  return stat.isDirectory() ? mode : `${mode} ${readFileSync(path)}`;
}

async function ask(agent: Agent, row: Omit<Row, "what" | "after">): Promise<"done" | "failed"> {
  try {
    await agent.copyFile(request(row));
    return "done";
  } catch (error) {
    assert.ok(error instanceof AgentError && error.trouble === "status", String(error));
    return "failed";
  }
}

copyTest("an agent of 4.0 does what its own tests say", async (place) => {
  await place.with({}, async (agent) => {
    for (const row of rows) {
      assert.equal(await ask(agent, row), row.fails ? "failed" : "done", row.what);
      for (const [path, after] of Object.entries(row.after))
        assert.equal(shown(join(place.guestDirectory, path)), after, `${row.what}: ${path}`);
    }
    const outside = { ...request(rows[0] as Row), path: "/run/kata-containers/shared/not-containers/f" };
    await assert.rejects(agent.copyFile(outside), AgentError);
  });
});

/** A test with agents of some generations, one after the other. */
function agentTest(
  what: string,
  generations: readonly Generation[],
  body: (agent: Agent, shownAt: (path: string) => string, place: CopyPlace) => Promise<void>,
): void {
  for (const generation of generations)
    copyTest(`an agent of ${generation} ${what}`, (place) =>
      place.with({ generation }, (agent) =>
        body(agent, (path) => shown(join(place.guestDirectory, path)), place),
      ),
    );
}

const [file, directory, link] = [
  { path: "d/f", mode: REG | 0o644, data: "x" },
  { path: "d", mode: DIR | 0o755 },
  { path: "d/l", mode: LNK | 0o777, data: "f", size: 0 },
];

agentTest("takes a directory's mode away when it writes into it", ["CC-0.2.0"], async (agent, at) => {
  await ask(agent, directory);
  await ask(agent, { ...file, dirMode: 0x800001e8 });
  assert.equal(at("d"), "40750");
});

agentTest("leaves a directory's mode when it writes into it", ["3.3", "4.0"], async (agent, at) => {
  await ask(agent, directory);
  await ask(agent, { ...file, dirMode: 0x800001e8 });
  assert.equal(at("d"), "40755");
});

agentTest("makes no link over another", ["CC-0.2.0"], async (agent) => {
  await ask(agent, link);
  assert.equal(await ask(agent, link), "failed");
});

agentTest("makes a link over one that leads somewhere only", ["3.3"], async (agent) => {
  await ask(agent, link);
  assert.equal(await ask(agent, link), "failed");
  await ask(agent, file);
  assert.equal(await ask(agent, link), "done");
});

agentTest("never renames what is longer than it should be", ["CC-0.2.0", "3.3"], async (agent, at) => {
  await ask(agent, { ...file, data: "a long beginning", size: 100 });
  assert.equal(await ask(agent, file), "done");
  assert.equal(at("d/f"), "");
  assert.match(at("d/f.tmp"), / x long beginning$/);
});

agentTest("begins a file anew", ["4.0"], async (agent, at) => {
  await ask(agent, { ...file, data: "a long beginning", size: 100 });
  assert.equal(await ask(agent, file), "done");
  assert.deepEqual([at("d/f"), at("d/f.tmp")], ["100644 x", ""]);
});

agentTest("has one temporary name for a stem", ["CC-0.2.0", "3.3", "4.0"], async (agent, at) => {
  await ask(agent, { path: "tls.crt", mode: REG | 0o644, data: "certificate", size: 20 });
  await ask(agent, { path: "tls.key", mode: REG | 0o600, data: "key", size: 30 });
  assert.match(at("tls.tmp"), / key(tificate)?$/);
  await ask(agent, { path: "a.tmp", mode: REG | 0o644, data: "mine" });
  await ask(agent, { path: "a.txt", mode: REG | 0o644, data: "text" });
  assert.deepEqual([at("a.tmp"), at("a.txt")], ["", "100644 text"]);
  await ask(agent, { path: "b.tmp", mode: DIR | 0o755 });
  assert.equal(await ask(agent, { path: "b.txt", mode: REG | 0o644, data: "text" }), "failed");
});

agentTest(
  "renames what it has once it is told that this is all",
  ["CC-0.2.0", "3.3", "4.0"],
  async (agent, at) => {
    await ask(agent, { ...file, data: "half", size: 100 });
    await ask(agent, { ...file, mode: REG | 0o600, data: "", size: 4, offset: 4 });
    assert.deepEqual([at("d/f"), at("d/f.tmp")], ["100600 half", ""]);
  },
);

agentTest("takes a socket for a directory", ["CC-0.2.0", "3.3", "4.0"], async (agent, at) => {
  await ask(agent, { path: "socket", mode: 0o140755 });
  await ask(agent, { path: "block", mode: 0o060755 });
  assert.deepEqual([at("socket"), at("block")], ["40755", "40755"]);
});

agentTest("follows no link out of its directory", ["CC-0.2.0", "3.3", "4.0"], async (agent, _, place) => {
  await ask(agent, { path: "out", mode: LNK | 0o777, data: place.path, size: 0 });
  assert.equal(await ask(agent, { path: "out/f", mode: REG | 0o644, data: "x" }), "failed");
  await ask(agent, { path: "a.tmp", mode: LNK | 0o777, data: join(place.path, "f"), size: 0 });
  assert.equal(await ask(agent, { path: "a.txt", mode: REG | 0o644, data: "x" }), "failed");
  assert.equal(existsSync(join(place.path, "f")), false);
});
