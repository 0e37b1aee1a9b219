import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { eventOf, podOf } from "../support/nri/messages.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { commandOf } from "../support/runtimes.ts";
import { socketTest, until } from "../support/ttrpc/served.ts";

// A runtime starts a plugin with its connection as descriptor 3, and without PATH.

async function startedBy(runtime: PlayedRuntime, env: NodeJS.ProcessEnv) {
  const [program, ...args] = commandOf("nri-plugin", "node");
  const child = spawn(program, [...args, "inherited"], { stdio: ["ignore", "pipe", "pipe", "pipe"], env });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (text) => (stdout += text));
  child.stderr?.on("data", (text) => (stderr += text));
  void runtime.adopt(child.stdio[3] as Socket);
  await until(() => stdout.includes("\n") || child.exitCode !== null);
  return { child, out: () => stdout, err: () => stderr };
}

for (const nri of ["0.12", "0.8"] as const) {
  socketTest(
    `NRI ${nri}: a plugin that a runtime has started uses descriptor 3, and ends with it`,
    async (directory) => {
      await using runtime = await PlayedRuntime.start(join(directory, "nri.sock"), { nri });
      const env = { NRI_PLUGIN_NAME: "inside", NRI_PLUGIN_IDX: "07", NRI_PLUGIN_SOCKET: "3" };
      const { child, out, err } = await startedBy(runtime, env);
      assert.equal(out(), '{"synchronized":"played"}\n', err());
      assert.deepEqual(runtime.identities, ["07-inside"]);
      const { error } = await runtime.event("runPodSandbox", eventOf("runPodSandbox", podOf("p1")));
      assert.equal(error, undefined);
      await runtime.end();
      await until(() => child.exitCode !== null);
      assert.deepEqual([child.exitCode, out().split("\n")[1]], [0, '{"trouble":"closed"}']);
    },
  );
}

test("a plugin that is started without a name, or with a wrong descriptor, says so", async () => {
  for (const [env, expected] of [
    [{ NRI_PLUGIN_SOCKET: "3", NRI_PLUGIN_IDX: "07" }, /name has to be letters/],
    [{ NRI_PLUGIN_SOCKET: "3", NRI_PLUGIN_NAME: "a", NRI_PLUGIN_IDX: "7" }, /index has to be two digits/],
    [{ NRI_PLUGIN_SOCKET: "x", NRI_PLUGIN_NAME: "a", NRI_PLUGIN_IDX: "07" }, /NRI_PLUGIN_SOCKET has to be/],
  ] as const) {
    const [program, ...args] = commandOf("nri-plugin", "node");
    const child = spawn(program, [...args, "inherited"], { stdio: ["ignore", "ignore", "pipe"], env });
    let stderr = "";
    child.stderr.on("data", (text) => (stderr += text));
    await until(() => child.exitCode !== null);
    assert.match(stderr, expected);
  }
});
