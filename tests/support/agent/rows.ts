import assert from "node:assert/strict";
import { join } from "node:path";
import type { Agent } from "../../../ffi/agent/agent.ts";
import { AgentError } from "../../../ffi/agent/agent-error.ts";
import { type Asked, ask, DIR, LNK, REG, request, shown } from "./asking.ts";

// The agent's own table of cases (rpc.rs, test_do_copy_file): each goes on where the one before it ended.

interface Row extends Asked {
  readonly what: string;
  readonly fails?: true;
  /** What is there then, as `shown` shows it. */
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

/** Holds an agent of 4.0, whose share directory is empty, against the table. */
export async function checkRows(agent: Agent, shareDirectory: string): Promise<void> {
  for (const row of rows) {
    assert.equal(await ask(agent, row), row.fails ? "failed" : "done", row.what);
    for (const [path, after] of Object.entries(row.after))
      assert.equal(shown(join(shareDirectory, path)), after, `${row.what}: ${path}`);
  }
  const outside = { ...request(rows[0] as Row), path: "/run/kata-containers/shared/not-containers/f" };
  await assert.rejects(agent.copyFile(outside), AgentError);
}
