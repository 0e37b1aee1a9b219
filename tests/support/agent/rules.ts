import assert from "node:assert/strict";
import type { Agent } from "../../../ffi/agent/agent.ts";
import { type Generation, generations } from "../../../ffi/guest/generation.ts";
import { ask, DIR, REG } from "./asking.ts";
import { agentLinkRules } from "./link-rules.ts";

/** Something that agents of some generations do. */
export interface AgentRule {
  /** "an agent ..." */
  readonly what: string;
  readonly generations: readonly Generation[];
  /** `at` shows what is at a path below the share directory, which is empty at first. */
  readonly holds: (agent: Agent, at: (path: string) => string) => Promise<void>;
}

const file = { path: "d/f", mode: REG | 0o644, data: "x" };
const directory = { path: "d", mode: DIR | 0o755 };
const ownTemporary = { path: "a.tmp", mode: REG | 0o644, data: "mine" };

/** In what agents of different generations differ, and in what all of them surprise. */
export const agentRules: readonly AgentRule[] = [
  ...agentLinkRules,
  {
    what: "takes a directory's mode away when it writes into it",
    generations: ["CC-0.2.0"],
    async holds(agent, at) {
      await ask(agent, directory);
      await ask(agent, { ...file, dirMode: 0x800001e8 });
      assert.equal(at("d"), "40750");
    },
  },
  {
    what: "takes the mode of a file away that is where a directory should be",
    generations: ["CC-0.2.0"],
    async holds(agent, at) {
      await ask(agent, { ...file, path: "d" });
      assert.equal(await ask(agent, { ...file, dirMode: 0x800001e8 }), "failed");
      assert.equal(at("d"), "100750 x");
    },
  },
  {
    what: "leaves a directory's mode when it writes into it",
    generations: ["3.3", "3.18", "4.0"],
    async holds(agent, at) {
      await ask(agent, directory);
      await ask(agent, { ...file, dirMode: 0x800001e8 });
      assert.equal(at("d"), "40755");
    },
  },
  {
    what: "never renames what is longer than it should be",
    generations: ["CC-0.2.0", "3.3"],
    async holds(agent, at) {
      await ask(agent, { ...file, data: "a long beginning", size: 100 });
      assert.equal(await ask(agent, file), "done");
      assert.equal(at("d/f"), "");
      assert.match(at("d/f.tmp"), / x long beginning$/);
    },
  },
  {
    what: "begins a file anew",
    generations: ["3.18", "4.0"],
    async holds(agent, at) {
      await ask(agent, { ...file, data: "a long beginning", size: 100 });
      assert.equal(await ask(agent, file), "done");
      assert.deepEqual([at("d/f"), at("d/f.tmp")], ["100644 x", ""]);
    },
  },
  {
    what: "has one temporary name for a stem",
    generations,
    async holds(agent, at) {
      await ask(agent, { path: "tls.crt", mode: REG | 0o644, data: "certificate", size: 20 });
      await ask(agent, { path: "tls.key", mode: REG | 0o600, data: "key", size: 30 });
      assert.match(at("tls.tmp"), / key(tificate)?$/);
      await ask(agent, { ...ownTemporary, size: 100 });
      await ask(agent, { path: "a.txt", mode: REG | 0o644, data: "text" });
      assert.deepEqual([at("a.tmp"), at("a.txt")], ["", "100644 text"]);
      await ask(agent, { path: "b.tmp", mode: DIR | 0o755 });
      assert.equal(await ask(agent, { path: "b.txt", mode: REG | 0o644, data: "text" }), "failed");
    },
  },
  {
    what: "keeps a file that is its own temporary one",
    generations: ["CC-0.2.0", "3.3", "4.0"],
    async holds(agent, at) {
      assert.equal(await ask(agent, ownTemporary), "done");
      assert.equal(at("a.tmp"), "100644 mine");
    },
  },
  {
    what: "loses a file that is its own temporary one",
    generations: ["3.18"],
    async holds(agent, at) {
      assert.equal(await ask(agent, { ...ownTemporary, size: 5 }), "done");
      assert.match(at("a.tmp"), / mine$/);
      assert.equal(await ask(agent, ownTemporary), "failed");
      assert.equal(at("a.tmp"), "");
    },
  },
  {
    what: "renames what it has once it is told that this is all",
    generations,
    async holds(agent, at) {
      await ask(agent, { ...file, data: "half", size: 100 });
      await ask(agent, { ...file, mode: REG | 0o600, data: "", size: 4, offset: 4 });
      assert.deepEqual([at("d/f"), at("d/f.tmp")], ["100600 half", ""]);
    },
  },
  {
    what: "takes a socket for a directory",
    generations,
    async holds(agent, at) {
      await ask(agent, { path: "socket", mode: 0o140755 });
      await ask(agent, { path: "block", mode: 0o060755 });
      assert.deepEqual([at("socket"), at("block")], ["40755", "40755"]);
    },
  },
];
