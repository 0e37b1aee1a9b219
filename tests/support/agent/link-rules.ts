import assert from "node:assert/strict";
import { AgentError } from "../../../ffi/agent/agent-error.ts";
import { rejection } from "../errors.ts";
import { ask, DIR, LNK, REG, request } from "./asking.ts";
import type { AgentRule } from "./rules.ts";

const file = { path: "d/f", mode: REG | 0o644, data: "x" };
const directory = { path: "d", mode: DIR | 0o755 };
const link = { path: "d/l", mode: LNK | 0o777, data: "f", size: 0 };
const oddLink = { ...request(link), data: new Uint8Array([0x61, 0xff]) };

/** In what agents differ about links. */
export const agentLinkRules: readonly AgentRule[] = [
  {
    what: "makes no link over another",
    generations: ["CC-0.2.0"],
    async holds(agent) {
      await ask(agent, link);
      assert.equal(await ask(agent, link), "failed");
    },
  },
  {
    what: "makes a link over one that leads somewhere only",
    generations: ["3.3"],
    async holds(agent) {
      await ask(agent, link);
      assert.equal(await ask(agent, link), "failed");
      await ask(agent, file);
      assert.equal(await ask(agent, link), "done");
    },
  },
  {
    what: "makes a link over whatever is there",
    generations: ["3.18", "4.0"],
    async holds(agent, at) {
      await ask(agent, link);
      assert.equal(await ask(agent, { ...link, data: "g" }), "done");
      assert.equal(at("d/l"), "-> g");
      for (const there of [file, { ...directory, path: "d/f" }]) {
        await ask(agent, there);
        assert.equal(await ask(agent, { ...link, path: "d/f" }), "done");
        assert.equal(at("d/f"), "-> f");
      }
    },
  },
  {
    what: "answers about a link to what is not UTF-8",
    generations: ["3.3", "3.18", "4.0"],
    async holds(agent) {
      // It makes the link; one that was built with policies may refuse it.
      await agent.copyFile(oddLink).catch((error) => assert.equal(error.trouble, "status"));
    },
  },
  {
    what: "never answers about a link to what is not UTF-8, and goes on",
    generations: ["CC-0.2.0"],
    async holds(agent, at) {
      const error = await rejection(agent.copyFile(oddLink, { timeoutMs: 300 }));
      assert.ok(error instanceof AgentError);
      assert.equal(error.trouble, "deadline");
      assert.equal(await ask(agent, file), "done");
      assert.equal(at("d/l"), "");
    },
  },
];
