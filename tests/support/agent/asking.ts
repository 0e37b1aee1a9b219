import assert from "node:assert/strict";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { getgid, getuid } from "node:process";
import type { Agent, CopyFileRequest } from "../../../ffi/agent/agent.ts";
import { AgentError } from "../../../ffi/agent/agent-error.ts";
import { shareDir } from "../copy/place.ts";

// The kinds of S_IFMT that are copied.
export const REG = 0o100000;
export const DIR = 0o040000;
export const LNK = 0o120000;

/** What an agent is asked for, in short. */
export interface Asked {
  /** Below its share directory. */
  readonly path: string;
  readonly mode: number;
  /** Default: a directory of 0755. */
  readonly dirMode?: number;
  readonly data?: string;
  /** Default: as long as the data. */
  readonly size?: number;
  readonly offset?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** The same at length; the owner is this process's, unless something else is said. */
export function request(asked: Asked): CopyFileRequest {
  const { path, mode, dirMode = DIR | 0o755, data = "", size, offset = 0 } = asked;
  const { uid = getuid?.() ?? 0, gid = getgid?.() ?? 0 } = asked;
  const bytes = new TextEncoder().encode(data);
  return {
    ...{ path: `${shareDir}/${path}`, fileMode: mode, dirMode, uid, gid, offset, data: bytes },
    fileSize: size ?? bytes.length,
  };
}

/** What is at a path: "mode", "mode content", "-> target", or "" for nothing. */
export function shown(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return "";
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  const mode = stat.mode.toString(8);
  return stat.isDirectory() ? mode : `${mode} ${readFileSync(path)}`;
}

/** Asks; whether the agent did it, or refused. */
export async function ask(agent: Agent, asked: Asked): Promise<"done" | "failed"> {
  try {
    await agent.copyFile(request(asked));
    return "done";
  } catch (error) {
    assert.ok(error instanceof AgentError && error.trouble === "status", String(error));
    return "failed";
  }
}
